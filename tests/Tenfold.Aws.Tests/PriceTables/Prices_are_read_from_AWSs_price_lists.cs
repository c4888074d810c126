using System.Diagnostics;
using System.Text.Json.Nodes;
using Tenfold.Targets.Tests;

namespace Tenfold.Aws.Tests.PriceTables;

/// <summary><c>tools/ec2-prices.py</c>, over files of the form that AWS publishes.</summary>
public sealed class Prices_are_read_from_AWSs_price_lists : IDisposable
{
    private const string Table = """
        { "date": "2025-06-01", "source": "before", "types": {
            "m5.large": { "vcpus": 2, "memoryGiB": 8, "gpus": 0 }, "g5.xlarge": { "vcpus": 4, "memoryGiB": 16, "gpus": 1 } },
          "usdPerHour": { "us-east-1": { "m5.large": 0.096, "g5.xlarge": 1.006 } } }
        """;

    private readonly TemporaryFolder _folder = new();
    private readonly JsonObject _products = [], _terms = [];

    public Prices_are_read_from_AWSs_price_lists()
    {
        _folder.Write("table.json", Table);
        Offer("A1", "m5.large", "2", "8 GiB", "0.1070000000");
        // What is not an hour of plain Linux on demand has other prices.
        Offer("A2", "m5.large", "2", "8 GiB", "0.1990000000", ("operatingSystem", "Windows"));
        Offer("A3", "m5.large", "2", "8 GiB", "0.1140000000", ("tenancy", "Dedicated"));
        Offer("A4", "m5.large", "2", "8 GiB", "0.5870000000", ("preInstalledSw", "SQL Std"));
        Offer("A5", "m5.large", "2", "8 GiB", "0.0000000000", ("capacitystatus", "AllocatedCapacityReservation"));
        Offer("A6", "m5.large", "2", "8 GiB", "0.0500000000", ("marketoption", "CapacityBlock"));
        Offer("A7", "x9.huge", "2", "8 GiB", "9.0000000000");
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task The_hour_of_plain_Linux_on_demand_counts()
    {
        Offer("B1", "g5.xlarge", "4", "16 GiB", "1.1230000000", ("gpu", "1"));
        (await RunAsync("eu-west-1")).Code.ShouldBe(0);
        var table = Read();
        table["usdPerHour"]!["eu-west-1"]!.ToJsonString().ShouldBe("""{"g5.xlarge":1.123,"m5.large":0.107}""");
        table["usdPerHour"]!["us-east-1"]!["m5.large"]!.GetValue<double>().ShouldBe(0.096, "a region that was not named stays");
        table["date"]!.GetValue<string>().ShouldNotBe("2025-06-01");
        table["source"]!.GetValue<string>().ShouldEndWith("/current/region_index.json, Linux, shared tenancy, on demand");
    }

    [Fact]
    public async Task A_type_that_a_region_lacks_stays_unknown()
    {
        (await RunAsync("eu-west-1")).Code.ShouldBe(0);
        Read()["usdPerHour"]!["eu-west-1"]!.ToJsonString().ShouldBe("""{"m5.large":0.107}""");
    }

    [Theory]
    [InlineData("us-east-1", "us-east-1 has no price of g5.xlarge")]
    [InlineData("mars-north-1", "Amazon has no region mars-north-1")]
    public async Task A_table_that_would_be_wrong_is_not_written(string region, string word)
    {
        var (code, words) = await RunAsync(region);
        code.ShouldNotBe(0);
        words.ShouldContain(word);
        (await File.ReadAllTextAsync(_folder["table.json"])).ShouldBe(Table);
    }

    [Fact]
    public async Task A_type_that_the_table_describes_wrongly_stops_it()
    {
        Offer("B1", "g5.xlarge", "4", "24 GiB", "1.1230000000", ("gpu", "1"));
        (await RunAsync("eu-west-1")).Words.ShouldContain("correct the table first");
        (await File.ReadAllTextAsync(_folder["table.json"])).ShouldBe(Table);
    }

    // Source: AWS Billing User Guide, "Reading the service price list file" (JSON), and the files themselves.
    private void Offer(string sku, string type, string vcpus, string memory, string usd, params (string Name, string Value)[] more)
    {
        var attributes = new JsonObject
        {
            ["servicecode"] = "AmazonEC2",
            ["instanceType"] = type,
            ["vcpu"] = vcpus,
            ["memory"] = memory,
            ["operatingSystem"] = "Linux",
            ["tenancy"] = "Shared",
            ["preInstalledSw"] = "NA",
            ["capacitystatus"] = "Used",
            ["marketoption"] = "OnDemand",
        };
        foreach (var (name, value) in more) attributes[name] = value;
        _products[sku] = new JsonObject { ["sku"] = sku, ["productFamily"] = "Compute Instance", ["attributes"] = attributes };
        _terms[sku] = new JsonObject
        {
            [$"{sku}.JRTCKXETXF"] = new JsonObject
            {
                ["offerTermCode"] = "JRTCKXETXF",
                ["sku"] = sku,
                ["priceDimensions"] = new JsonObject
                {
                    [$"{sku}.JRTCKXETXF.6YS6EN2CT7"] = new JsonObject
                    {
                        ["unit"] = "Hrs",
                        ["pricePerUnit"] = new JsonObject { ["USD"] = usd },
                    },
                },
            },
        };
    }

    private JsonNode Read() => JsonNode.Parse(File.ReadAllText(_folder["table.json"]))!;

    private async Task<(int Code, string Words)> RunAsync(string region)
    {
        var regions = new JsonObject();
        foreach (var name in (string[])["eu-west-1", "us-east-1"])
        {
            var path = $"/offers/v1.0/aws/AmazonEC2/20261101000000/{name}/index.json";
            regions[name] = new JsonObject { ["regionCode"] = name, ["currentVersionUrl"] = path };
            var offers = new JsonObject
            {
                ["formatVersion"] = "v1.0",
                ["offerCode"] = "AmazonEC2",
                ["products"] = _products.DeepClone(),
                ["terms"] = new JsonObject { ["OnDemand"] = _terms.DeepClone(), ["Reserved"] = new JsonObject() },
            };
            _folder.Write($"mirror{path}", offers.ToJsonString());
        }

        _folder.Write(
            "mirror/offers/v1.0/aws/AmazonEC2/current/region_index.json", new JsonObject { ["regions"] = regions }.ToJsonString());
        var script = Path.GetFullPath(Path.Combine(Repository.ClusterScript, "../../tools/ec2-prices.py"));
        using var process = Process.Start(new ProcessStartInfo(
            "python3", [script, region, "--from", $"file://{_folder["mirror"]}", "--table", _folder["table.json"]])
        {
            RedirectStandardError = true,
            UseShellExecute = false,
        })!;
        var words = await process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        return (process.ExitCode, words);
    }
}
