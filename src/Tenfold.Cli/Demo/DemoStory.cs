using Tenfold.App;
using Tenfold.App.Fitting;
using Tenfold.Cli.Commands;
using Tenfold.Cli.Output;
using Tenfold.Core.Ledger;
using Tenfold.Core.Results;
using Tenfold.Core.Runs;
using Tenfold.Numerics.Statistics;
using Tenfold.Reports.Text;

namespace Tenfold.Cli.Demo;

/// <summary>
/// Runs the sample <c>digits</c> as it is and with two ideas, ten times each, and shows what a single run would have suggested.
/// </summary>
/// <param name="services">The services of this home.</param>
/// <remarks>
/// Every number is computed from the runs. Idea A was chosen because its first run flatters it, and the story says so.
/// </remarks>
internal sealed class DemoStory(Services services)
{
    private const string IdeaA = "weight_decay=0.003", IdeaB = "hidden=64";

    private static string Command => DemoSample.Command;

    /// <summary>Runs the sample and tells the story.</summary>
    /// <returns>The exit code.</returns>
    public async Task<int> TellAsync(CancellationToken cancellationToken)
    {
        var folder = DemoSample.Unpack(services.Home, "digits");
        Say($"""
            1,797 handwritten digits, a small network that learns to read them, and two ideas to make it better.

              idea A   {IdeaA}   pull the weights towards zero, against overfitting
              idea B   {IdeaB}            more hidden units (64 instead of 16)

            Thirty runs, in {folder}

            """);
        var groups = new List<GroupRecord>();
        foreach (var idea in new[] { null, IdeaA, IdeaB })
        {
            var request = new FitRequest { Script = folder, Repeat = 10, Parameters = idea is null ? [] : [idea] };
            var plan = await new FitPlanner(services).PlanAsync(request, cancellationToken).OrFailAsync();
            groups.Add(await new Submitter(services).RecordAsync(plan, Terminal.Say, cancellationToken).OrFailAsync());
        }

        foreach (var group in groups)
        {
            if (await FitCommand.FollowAsync(services, group, cancellationToken)) continue;
            Terminal.Say($"the runs continue: tenfold runs, tenfold cancel {string.Join(' ', groups.Select(g => g.Id))}");
            return ExitCodes.Interrupted;
        }

        var ended = new List<GroupRuns>();
        foreach (var group in groups) ended.Add(new GroupRuns(group, await services.Ledger.ListRunsAsync(group.Id, cancellationToken)));
        return Tell(ended);
    }

    private static int Tell(List<GroupRuns> groups)
    {
        var metric = groups[0].Group.Spec.Metric!;
        var values = groups.Select(group => group.Runs.Select(run => RunValue.Of(run, metric.Name).Value * 100).ToList()).ToList();
        if (groups.SelectMany(group => group.Runs).FirstOrDefault(run => run.Run.State != RunState.Succeeded) is { } failed)
        {
            throw new CommandException(
                ExitCodes.RunFailed,
                $"{failed.Run.Id} did not succeed, and the demo needs all thirty runs: {failed.Run.Reason}\n" +
                $"tenfold retry {failed.Run.Id}");
        }

        var (plain, a, b) = (Points(values[0]), Points(values[1]), Points(values[2]));
        // On another processor the last digits may differ, and another run than the first may flatter idea A most.
        var k = a[0] > plain[0] ? 0 : Enumerable.Range(0, 10).MaxBy(i => a[i] - plain[i]);
        var comparison = GroupComparison.Of(groups, metric);
        Say($"""
            First the usual way: run each once and look at the score{(k == 0 ? "" : $" (here, of repeat {k + 1})")}.

              as it is     {plain[k]:0.00} %
              idea A       {a[k]:0.00} %    {a[k] - plain[k]:+0.00;-0.00} points
              idea B       {b[k]:0.00} %    {b[k] - plain[k]:+0.00;-0.00} points

            {(b[k] > plain[k] ? "Both look like a gain. Many would stop here and keep both." : "Many would stop here and keep idea A.")}

            But a run is a throw of the dice. The seed decides which digits are held out for the test, which weights the
            network starts from, and in what order it learns. Here are ten runs that differ in nothing but the seed:

            """);
        foreach (var line in ValueStrip.Render(Summary.Of(plain), 76, Terminal.IsAscii)) Console.Out.WriteLine($"  {line}");
        Say("""

            So each idea runs ten times, with the same ten seeds, and each run is compared with the one that has its seed.

            """);
        TellIdea("idea A", plain, a, comparison.Comparisons[0]);
        TellIdea("idea B", plain, b, comparison.Comparisons[1]);
        var (idsA, idsB) = (groups[1].Group.Id, groups[2].Group.Id);
        Say(Moral(plain, a, comparison.Comparisons[0]));
        Say($"""

            We chose idea A for this demo, from 38 that we tried, because its first run flatters it. Many reported gains were
            chosen like that. (With a hundred more seeds idea A loses 0.4 points, and idea B gains 0.7.)

              {Command} compare {groups[0].Group.Id} {idsA} {idsB}          shows this verdict again
              {Command} report {groups[0].Group.Id} {idsA} {idsB} -o report.html   draws the charts
              cd {Path.GetDirectoryName(groups[0].Group.Root)}/digits && {Program()} fit --repeat 10 -p hidden=32   tries your own idea
            """);
        return ExitCodes.Success;
    }

    // The program's name as the user typed it, made absolute so that it works in any folder.
    private static string Program() => Command.Contains('/') ? Path.GetFullPath(Command) : Command;

    private static void TellIdea(string name, double[] plain, double[] idea, Comparison comparison)
    {
        var differences = plain.Zip(idea, (before, after) => after - before).ToArray();
        var (up, down) = (differences.Count(d => d > 1e-9), differences.Count(d => d < -1e-9));
        var verdict = comparison.Verdict switch { Verdict.Better => "BETTER", Verdict.Worse => "WORSE", _ => "NOT SHOWN" };
        var interval = comparison.Interval is { } ends
            ? $", {Numbers.Percent(comparison.Confidence)} interval {ends.Low * 100:+0.00;-0.00} to {ends.High * 100:+0.00;-0.00}"
            : "";
        var pValue = comparison.AdjustedPValue is { } p ? $", p {Numbers.PValue(p)}" : "";
        var counts = $"{up} up, {10 - up - down} equal, {down} down";
        Say($"  {name}   {counts}, mean {differences.Average():+0.00;-0.00} points{interval}{pValue}   {verdict}");
        var strip = Summary.Of(differences, comparison.Confidence) with { Interval = comparison.Interval };
        foreach (var line in ValueStrip.Render(strip, 76, Terminal.IsAscii)) Say($"  {line}");
        Say("");
    }

    private static string Moral(double[] plain, double[] a, Comparison comparison)
    {
        var worst = Enumerable.Range(0, 10).MinBy(i => a[i] - plain[i]);
        if (comparison.Verdict != Verdict.NotShown)
        {
            return $"With these ten seeds idea A is {comparison.Verdict.ToString().ToLowerInvariant()}; " +
                "its first run alone could not have shown that.";
        }

        return $"""
            Idea A's first run was luck: with the seed of repeat {worst + 1} it would have cost {plain[worst] - a[worst]:0.00} points. Its
            interval contains zero, so these ten runs show no effect. They would have detected a gain of
            {comparison.SmallestDetectable * 100:0.0} points.
            """;
    }

    private static double[] Points(List<double?> values) =>
        [.. values.Select(value => value ?? throw new CommandException(ExitCodes.RunFailed, "a run gave no accuracy; see `tenfold runs`"))];

    private static void Say(string text) => Console.Out.WriteLine(text);
}
