using Tenfold.Aws.Stacks;
using Tenfold.Cli.Output;

namespace Tenfold.Cli.Infra;

/// <summary>Shows the state of a stack.</summary>
internal static class StatusText
{
    /// <summary>Writes a report: facts to standard output, what to do to standard error.</summary>
    public static void Write(StackReport report, DateTimeOffset now)
    {
        var output = Console.Out;
        output.WriteLine($"stack     {report.Stack}");
        output.WriteLine($"region    {report.Region}");
        output.WriteLine($"status    {report.Status}{(report.Reason is null ? "" : $": {report.Reason}")}");
        if (report.ChangedAt is { } changed) output.WriteLine($"changed   {HumanText.Ago(changed, now)}");
        output.WriteLine($"template  {report.TemplateVersion?.ToString() ?? "unknown"} (this tenfold has {StackTemplate.Version})");
        if (report.Outputs.Count > 0)
        {
            output.WriteLine();
            var outputs = new TextTable("OUTPUT", "VALUE");
            foreach (var (name, value) in report.Outputs.OrderBy(pair => pair.Key, StringComparer.Ordinal)) outputs.Add(name, value);
            outputs.Write(output);
        }

        if (!report.Drifted.Any()) return;
        output.WriteLine();
        var drifted = new TextTable("DRIFT", "RESOURCE", "TYPE", "CHANGES");
        foreach (var resource in report.Drifted)
        {
            drifted.Add(
                resource.Drift.ToString().ToLowerInvariant(), resource.Resource, resource.Type, string.Join(", ", resource.Properties));
        }

        drifted.Write(output, Terminal.Width);
    }

    /// <summary>Writes what is known of the stack of serving.</summary>
    public static void WriteServing(StackReport report)
    {
        Console.Out.WriteLine();
        Console.Out.WriteLine($"serving   {report.Stack}");
        Console.Out.WriteLine($"status    {report.Status}{(report.Reason is null ? "" : $": {report.Reason}")}");
        if (report.Outputs.Count == 0) return;
        Console.Out.WriteLine();
        var outputs = new TextTable("OUTPUT", "VALUE");
        foreach (var (name, value) in report.Outputs.OrderBy(pair => pair.Key, StringComparer.Ordinal)) outputs.Add(name, value);
        outputs.Write(Console.Out);
    }

    /// <summary>What is wrong with a stack, and what to do, one line each.</summary>
    public static IEnumerable<string> Advice(StackReport report)
    {
        if (report.Status is null)
            yield return $"there is no stack '{report.Stack}' in {report.Region}: make it with "
                + $"`tenfold infra apply --region {report.Region} --stack {report.Stack}`";
        else if (report.IsInProgress) yield return "AWS is working on the stack: `tenfold infra apply` waits until that is done";
        else if (report.Status == "DELETE_FAILED") yield return "the stack is half deleted: complete that with `tenfold infra destroy`";
        else if (report.Lookup?.Problem is { } problem) yield return problem;
        if (report.IsOutdated) yield return "the stack was made from an older template: update it with `tenfold infra apply`";
        if (report.IsNewer) yield return "the stack was made by a newer tenfold: update this program, or do not apply with it";
        foreach (var resource in report.Drifted)
        {
            yield return resource.Drift == DriftState.Deleted
                ? $"another process or person has deleted {resource.Resource}; runs that need it fail. CloudFormation does not make it " +
                    "again by itself: destroy the stack (artifacts stay), and apply again"
                : $"another process or person has changed {resource.Resource}: change it back, or apply a setting that differs";
        }

        if (report.DriftFault is { } fault) yield return $"changes by hand could not be searched for: {fault}";
    }
}
