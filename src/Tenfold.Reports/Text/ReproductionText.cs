using System.Globalization;
using Tenfold.Core.Input;
using Tenfold.Core.Results;

namespace Tenfold.Reports.Text;

/// <summary>Says in words whether a group reproduced its original.</summary>
public static class ReproductionText
{
    private const int MostNamed = 3;

    /// <summary>The lines: the verdict first, then what else is worth knowing.</summary>
    public static IEnumerable<string> Lines(Reproduction reproduction)
    {
        yield return Verdict(reproduction);
        if (reproduction.Changes.Count > 0) yield return $"the environment is another one: {Changes(reproduction.Changes)}";
    }

    private static string Verdict(Reproduction reproduction)
    {
        var compared = reproduction.Runs.Where(run => run.IsComparable).ToList();
        if (compared.Count == 0)
            return $"not reproduced: {reproduction.Original} can't be compared, because no run succeeded both times";
        if (reproduction.Values + reproduction.Files == 0)
            return $"nothing to compare with {reproduction.Original}: its runs have no values and no files";
        var what = string.Join(" and ", new[]
        {
            reproduction.Values > 0 ? Numbers.Count(reproduction.Values, "value") : null,
            reproduction.Files > 0 ? Numbers.Count(reproduction.Files, "file") : null,
        }.OfType<string>());
        if (reproduction.IsReproduced) return $"reproduced: {what}, each equal to that of {reproduction.Original}";
        var parts = new List<string>();
        parts.AddRange(Values(compared));
        if (Files(compared) is { } files) parts.Add(files);
        if (reproduction.Incomparable is > 0 and var failed)
            parts.Add($"{failed} of {Numbers.Count(reproduction.Runs.Count, "run")} did not succeed both times");
        return $"not reproduced: {string.Join("; ", parts)} ({reproduction.Original} is the original)";
    }

    private static IEnumerable<string> Values(List<ReproducedRun> compared)
    {
        var metrics = compared.SelectMany(run => run.DifferingValues).GroupBy(difference => difference.Metric).ToList();
        foreach (var metric in metrics.Take(MostNamed))
        {
            var largest = metric.MaxBy(difference => difference.Size)!;
            var by = double.IsFinite(largest.Size) ? $", by up to {Exact(largest.Size)}{Share(largest)}" : "";
            yield return $"{Excerpt.Bare(metric.Key)} differs in {metric.Count()} of {Numbers.Count(compared.Count, "run")}{by} "
                + $"(first {Shown(largest.Original)}, now {Shown(largest.Value)})";
        }

        if (metrics.Count > MostNamed) yield return $"and {metrics.Count - MostNamed} more metrics";
    }

    private static string? Files(List<ReproducedRun> compared)
    {
        var differing = compared.SelectMany(run => run.DifferingFiles.Select(path => (run.Run, Path: path))).ToList();
        if (differing.Count == 0) return null;
        var named = string.Join(", ", differing.Take(MostNamed).Select(file => $"{file.Run}:{Excerpt.Bare(file.Path, longest: 120)}"));
        var more = differing.Count > MostNamed ? $" and {differing.Count - MostNamed} more" : "";
        return $"{differing.Count} of {Numbers.Count(compared.Sum(run => run.Files), "file")} differ: {named}{more}";
    }

    private static string Changes(IReadOnlyList<EnvironmentChange> changes)
    {
        var named = changes.Take(MostNamed).Select(change => $"{change.What} {Short(change.Is)}, was {Short(change.Was)}");
        return string.Join("; ", named) + (changes.Count > MostNamed ? $" and {changes.Count - MostNamed} more" : "");
    }

    private static string Short(string? text) => text switch
    {
        null => "missing",
        "" => "there",
        _ => Excerpt.Bare(text, longest: 60),
    };

    private static string Share(ValueDifference difference) =>
        difference.Original is { } before && before != 0 && double.IsFinite(difference.Size)
            ? $" ({Numbers.Format(difference.Size / Math.Abs(before) * 100)} %)" : "";

    private static string Shown(double? value) => value is { } number ? number.ToString("R", CultureInfo.InvariantCulture) : "no value";

    private static string Exact(double size) => size.ToString("G3", CultureInfo.InvariantCulture);
}
