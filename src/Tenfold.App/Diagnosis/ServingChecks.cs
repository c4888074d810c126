using Tenfold.App.Serving.OnAws;
using Tenfold.Core.Requests.Remote;
using Tenfold.Aws.Serving;
using Tenfold.Aws.Stacks;
using Tenfold.Aws.Wire;
using Tenfold.Core.Ledger;
using Tenfold.Core.Versions;
using Tenfold.Reports.Text;

namespace Tenfold.App.Diagnosis;

/// <summary>Checks the stack of serving beside a stack: its gateways, the tasks of its versions, and the way to the request log.</summary>
internal static class ServingChecks
{
    private static readonly TimeSpan GatewayPatience = TimeSpan.FromSeconds(20);

    /// <summary>Checks it. Without a stack of serving there is nothing to check.</summary>
    /// <param name="name">The stack of runs.</param>
    /// <param name="region">Its region; null for the user's own.</param>
    /// <param name="services">The services of this home.</param>
    /// <param name="cancellationToken">Cancels the calls.</param>
    public static async Task<IReadOnlyList<Check>> RunAsync(
        string name, string? region, Services services, CancellationToken cancellationToken)
    {
        try
        {
            using var runs = new AwsStack(name, new AwsOptions { Region = region }, services.Time);
            using var stack = runs.OpenServing();
            var (what, apply) = ($"stack {stack.Name}", $"tenfold infra apply --serving --region {stack.Region} --stack {name}");
            var report = await new StackInspector(stack).InspectAsync(isDriftWanted: false, cancellationToken);
            if (report.Status is null) return [];
            var found = await stack.ReadServingAsync(cancellationToken);
            if (found.Outputs is not { } outputs) return [Check.Wrong(what, found.Problem!)];
            if (outputs.ServingVersion < ServingOutputs.TemplateVersion)
            {
                return
                [
                    Check.Wrong(
                        what, $"it was made from template {outputs.ServingVersion}, and this tenfold has {ServingOutputs.TemplateVersion}",
                        apply),
                ];
            }

            if (!ServingPlace.Open(services, outputs, stack).Succeeded(out var place, out var refusal))
                return [Check.Wrong(what, refusal.Message)];
            using (place)
                return [Check.Ok(what, $"{report.Status} in {stack.Region}"), .. await CheckTasksAsync(place, cancellationToken)];
        }
        catch (Exception e) when (e is AwsException or LedgerException)
        {
            return [Check.Wrong($"serving of {name}", e.Message)];
        }
    }

    private static async Task<IReadOnlyList<Check>> CheckTasksAsync(ServingPlace place, CancellationToken cancellationToken)
    {
        var checks = new List<Check>();
        var gateways = await place.Versions.CountGatewaysAsync(cancellationToken);
        checks.Add(gateways switch
        {
            { Desired: 0 } => Check.Ok("gateways", "none, as `--gateways 0` says"),
            var (desired, running) when running < desired => Check.Wrong(
                "gateways", $"{running} of {desired} run", $"see why in the log group {place.Outputs.ServingLogGroup}"),
            var (_, running) => Check.Ok("gateways", $"{running} run at {place.Outputs.Url}"),
        });
        var services = (await place.Versions.ListAsync(cancellationToken)).ToDictionary(service => service.Name);
        foreach (var version in await place.Services.Versions.ListVersionsAsync(null, cancellationToken))
        {
            if (version.State != VersionState.Active || version.Service is not { } name) continue;
            var what = $"version {version.Model} {version.Version}";
            checks.Add(services.GetValueOrDefault(name) switch
            {
                null => Check.Wrong(what, $"its service {name} is gone", "deploy its run as another version"),
                var service when service.Running < service.Desired || service.Running == 0 => Check.Wrong(
                    what, $"{service.Running} of {Numbers.Count(service.Desired, "task")} run",
                    $"see why in the log group {place.Outputs.ServingLogGroup}, streams {name}/*"),
                var service => Check.Ok(what, $"{Numbers.Count(service.Running, "task")} run"),
            });
        }

        if (gateways.Running > 0) checks.Add(await CheckLogAsync(place, cancellationToken));
        return checks;
    }

    // The same way as that of `tenfold requests --on aws`: through the bucket to a gateway, and from there to the database.
    private static async Task<Check> CheckLogAsync(ServingPlace place, CancellationToken cancellationToken)
    {
        try
        {
            var log = new RemoteRequestLog(new CallClient(place.Store, place.Services.Time) { ClaimPatience = GatewayPatience });
            var spools = await log.ListSpoolsAsync(cancellationToken);
            var dropped = spools.Sum(spool => spool.Losses.Dropped);
            return dropped > 0
                ? Check.Wrong("request log", $"gateways have dropped {Numbers.Count(dropped, "request")}", "free their disks' space")
                : Check.Ok("request log", $"a gateway reads it; {Numbers.Count(spools.Count, "spool")}");
        }
        catch (LedgerException e)
        {
            return Check.Wrong("request log", e.Message);
        }
    }
}
