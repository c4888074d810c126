using System.Globalization;
using Tenfold.Numerics.Statistics;

namespace Tenfold.Reports.Text;

/// <summary>Writes the command that compares two groups by a plan.</summary>
public static class PlanCommand
{
    /// <summary>The command, with all that the plan must be given again.</summary>
    /// <param name="ids">The baseline and the candidate.</param>
    /// <param name="max">The most repeats of each.</param>
    /// <param name="options">The level over all looks, and the margin.</param>
    public static string Of(IReadOnlyList<string> ids, int max, ComparisonOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        var alpha = options.Alpha == new ComparisonOptions().Alpha ? "" : Option("alpha", options.Alpha);
        var margin = options.Margin is { } size ? Option("margin", size) : "";
        return $"tenfold compare {string.Join(' ', ids)} --until-shown --max {max}{alpha}{margin}";
    }

    private static string Option(string name, double value) => string.Create(CultureInfo.InvariantCulture, $" --{name} {value}");
}
