using System.Text.Json;
using Tenfold.Core.Reasons;
using Tenfold.Core.Versions;
using Tenfold.Gateway.Routing;
using Tenfold.Gateway.Watching;

namespace Tenfold.Gateway.Tests;

public sealed class Tasks_report_their_load
{
    [Fact]
    public void Each_service_of_ECS_has_one_line_that_CloudWatch_reads_as_a_metric()
    {
        var routes = new RouteTable();
        routes.Replace(new Dictionary<string, ModelRoute>
        {
            ["iris"] = new(RouteOf("1.0.0"), new Dictionary<string, VersionEndpoint>
            {
                ["1.0.0"] = EndpointOf("1.0.0", "iris-1-0-0-abc"),
                ["1.1.0"] = EndpointOf("1.1.0", service: null),
            }, experiment: null, pending: null),
        });
        using var output = new StringWriter();
        using var load = new TaskLoad("tenfold-serving", routes, new GatewayMetrics(), output, TimeProvider.System);
        load.Report();

        var lines = output.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries);
        var line = JsonElement.Parse(lines.ShouldHaveSingleItem("a version without a service of ECS has no tasks"));
        line.GetProperty("Cluster").GetString().ShouldBe("tenfold-serving");
        line.GetProperty("Service").GetString().ShouldBe("iris-1-0-0-abc");
        line.GetProperty("RequestsPerTask").GetDouble().ShouldBe(0, "without traffic there is a value too, so that a service shrinks");
        var metric = line.GetProperty("_aws").GetProperty("CloudWatchMetrics")[0];
        metric.GetProperty("Namespace").GetString().ShouldBe("Tenfold");
        metric.GetProperty("Dimensions")[0].EnumerateArray().Select(name => name.GetString()).ShouldBe(["Cluster", "Service"]);
        metric.GetProperty("Metrics")[0].GetProperty("Name").GetString().ShouldBe("RequestsPerTask");
    }

    private static VersionEndpoint EndpointOf(string version, string? service) => new(new ModelVersion
    {
        Model = "iris",
        Version = version,
        DeployedAt = default,
        DeployedBy = "me@here",
        ChangedAt = default,
        Service = service,
    }, new ExternalService(new Uri("http://127.0.0.1:1")), null, TimeProvider.System);

    private static Route RouteOf(string version) => new()
    {
        Model = "iris",
        Revision = 1,
        At = default,
        By = "me@here",
        Reason = new Reason.FirstVersion(version),
        Ranges = [new BucketRange(0, BucketRanges.Buckets, version)],
        Salt = "salt",
    };
}
