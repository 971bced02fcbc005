"""Runs scim2-tester against the service provider at SCIM_URL, with the bearer token SCIM_TOKEN.

Prints one line for each check. Ends with 1 if a check failed or did not run.
"""

import os
import sys

import httpx2
from scim2_client.engines.httpx2 import SyncSCIMClient
from scim2_tester import Status, check_server

PASSED = {Status.SUCCESS, Status.COMPLIANT, Status.ACCEPTABLE}


def main() -> int:
    headers = {"Authorization": f"Bearer {os.environ['SCIM_TOKEN']}"}
    with httpx2.Client(base_url=os.environ["SCIM_URL"], headers=headers, trust_env=False) as client:
        results = check_server(SyncSCIMClient(client))
    left = 0
    for result in results:
        print(f"{result.status.name:<11}{result.resource_type or '':<8}{result.title}")
        if result.status not in PASSED:
            left += 1
            print(f"           {result.reason}\n           {result.data}")
    print(f"{len(results)} checks, {left} of them not passed")
    return 1 if left or not results else 0


sys.exit(main())
