#!/usr/bin/env python3
"""Writes src/Tenfold.Aws/Prices/ec2.json from Amazon's public price list files.

Run it where the internet can be reached; the files need no AWS account. A region's file has hundreds of megabytes, so it is read once,
part by part, and nothing of it is kept:

    tools/ec2-prices.py eu-west-1 us-east-1

Regions that are not named keep their prices. us-east-1 must always have every type, since it decides which type is cheaper where another
region's prices are unknown.

Source: AWS Price List Bulk API, https://docs.aws.amazon.com/awsaccountbilling/latest/aboutv2/using-the-aws-price-list-bulk-api.html
--from URL reads the files from somewhere else, for example a mirror (file:///… too), and --table FILE writes another table.
"""
import argparse
import datetime
import json
import pathlib
import sys
import urllib.request

HOST = "https://pricing.us-east-1.amazonaws.com"
INDEX = "/offers/v1.0/aws/AmazonEC2/current/region_index.json"
TABLE = pathlib.Path(__file__).resolve().parent.parent / "src/Tenfold.Aws/Prices/ec2.json"
REFERENCE = "us-east-1"  # InstanceCatalog compares types by their prices here
ON_DEMAND_HOUR = "JRTCKXETXF"  # the offer term of an hour on demand, which is the same in every file


def read(host, path):
    with urllib.request.urlopen(host + path, timeout=600) as answer:
        return json.load(answer)


def is_plain_linux(attributes):
    return (
        attributes.get("operatingSystem") == "Linux"
        and attributes.get("tenancy") == "Shared"
        and attributes.get("preInstalledSw") == "NA"
        and attributes.get("capacitystatus") == "Used"
        and attributes.get("marketoption", "OnDemand") == "OnDemand"
    )


def prices_of(region, offers, types):
    """The price of an hour of each type that the table has."""
    found = {}
    for sku, product in offers["products"].items():
        attributes = product.get("attributes", {})
        name = attributes.get("instanceType")
        if name not in types or not is_plain_linux(attributes):
            continue
        term = offers["terms"]["OnDemand"].get(sku, {}).get(f"{sku}.{ON_DEMAND_HOUR}")
        for dimension in (term or {}).get("priceDimensions", {}).values():
            usd = float(dimension["pricePerUnit"].get("USD", 0))
            if dimension.get("unit") == "Hrs" and usd > 0:
                found[name] = round(usd, 6)
                check(name, attributes, types[name])
    print(f"{region}: {len(found)} of {len(types)} types", file=sys.stderr)
    return found


def check(name, attributes, known):
    """Stops when the table is wrong about a type."""
    memory = float(attributes["memory"].split()[0].replace(",", ""))
    real = (int(attributes["vcpu"]), memory, int(attributes.get("gpu", 0)))
    if real != (known["vcpus"], known["memoryGiB"], known["gpus"]):
        sys.exit(f"{name} has {real} processors, GiB and GPUs, and the table says {known}: correct the table first")


def write(table, path):
    types = ",\n".join(f"    {json.dumps(name)}: {json.dumps(value)}" for name, value in sorted(table["types"].items()))
    regions = ",\n".join(
        f"    {json.dumps(region)}: {{\n"
        + ",\n".join(f"      {json.dumps(name)}: {usd!r}" for name, usd in sorted(prices.items()))
        + "\n    }"
        for region, prices in sorted(table["usdPerHour"].items())
    )
    path.write_text(
        f'{{\n  "date": {json.dumps(table["date"])},\n  "source": {json.dumps(table["source"])},\n'
        f'  "types": {{\n{types}\n  }},\n  "usdPerHour": {{\n{regions}\n  }}\n}}\n'
    )


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("regions", nargs="+", metavar="REGION")
    parser.add_argument("--from", dest="host", default=HOST, metavar="URL")
    parser.add_argument("--table", type=pathlib.Path, default=TABLE, metavar="FILE")
    arguments = parser.parse_args()
    table = json.loads(arguments.table.read_text())
    index = read(arguments.host, INDEX)["regions"]
    for region in arguments.regions:
        if region not in index:
            sys.exit(f"Amazon has no region {region}")
        prices = prices_of(region, read(arguments.host, index[region]["currentVersionUrl"]), table["types"])
        missing = sorted(set(table["types"]) - set(prices))
        if region == REFERENCE and missing:
            sys.exit(f"{region} has no price of {', '.join(missing)}: remove these types from the table first")
        table["usdPerHour"][region] = prices
    table["date"] = datetime.date.today().isoformat()
    table["source"] = f"{arguments.host}{INDEX}, Linux, shared tenancy, on demand"
    write(table, arguments.table)


if __name__ == "__main__":
    main()
