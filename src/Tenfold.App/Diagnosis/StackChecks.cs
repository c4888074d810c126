using Tenfold.App.Infrastructure;
using Tenfold.Aws.Stacks;
using Tenfold.Aws.Wire;
using Tenfold.Core.Targets;

namespace Tenfold.App.Diagnosis;

/// <summary>Checks the stacks that a project's targets use, each once.</summary>
internal static class StackChecks
{
    /// <summary>Inspects the stacks, and compares their resources with the template.</summary>
    /// <param name="targets">The project's targets.</param>
    /// <param name="services">The services of this home.</param>
    /// <param name="cancellationToken">Cancels the calls.</param>
    public static async Task<IReadOnlyList<Check>> RunAsync(
        IEnumerable<TargetSettings> targets, Services services, CancellationToken cancellationToken)
    {
        var checks = new List<Check>();
        // A queue of the user's own needs no stack.
        var places = targets.Where(StackPlace.IsOnAws).Where(target => target.Text("stack") is not null || target.Text("queue") is null)
            .Select(target => (Region: target.Text("region"), Name: target.Text("stack") ?? AwsStack.DefaultName)).Distinct();
        foreach (var (region, name) in places)
        {
            checks.Add(await CheckAsync(name, region, services.Time, cancellationToken));
            checks.AddRange(await ServingChecks.RunAsync(name, region, services, cancellationToken));
        }

        return checks;
    }

    private static async Task<Check> CheckAsync(string name, string? region, TimeProvider time, CancellationToken cancellationToken)
    {
        var what = $"stack {name}";
        try
        {
            using var stack = new AwsStack(name, new AwsOptions { Region = region }, time);
            return Judge(what, await new StackInspector(stack).InspectAsync(isDriftWanted: true, cancellationToken));
        }
        catch (AwsException e)
        {
            return Check.Wrong(what, e.Message);
        }
    }

    private static Check Judge(string what, StackReport report)
    {
        var apply = $"tenfold infra apply --region {report.Region} --stack {report.Stack}";
        if (report.Status is null) return Check.Wrong(what, $"there is no such stack in {report.Region}", apply);
        if (report.Lookup?.Problem is { } problem) return Check.Wrong(what, problem);
        if (report.IsOutdated)
        {
            return Check.Wrong(
                what, $"it was made from template {report.TemplateVersion}, and this tenfold has {StackTemplate.Version}", apply);
        }

        var drifted = report.Drifted.Select(resource => resource.Drift == DriftState.Deleted
            ? $"{resource.Resource} was deleted" : $"{resource.Resource} was changed ({string.Join(", ", resource.Properties)})").ToList();
        if (drifted.Count > 0)
        {
            return Check.Wrong(
                what, $"somebody changed it by hand: {string.Join("; ", drifted)}", $"undo that, or delete the resource and {apply}");
        }

        return Check.Ok(what, report.DriftFault is { } fault
            ? $"{report.Status} in {report.Region}; not compared with the template: {fault}"
            : $"{report.Status} in {report.Region}, as in the template");
    }
}
