using System.Text.RegularExpressions;

namespace Tenfold.Aws.Double.Batch;

/// <summary>Which names Batch takes. The pattern is not in its model.</summary>
internal static partial class JobNames
{
    public static bool IsValid(string name) => Pattern().IsMatch(name);

    [GeneratedRegex("^[0-9A-Za-z][0-9A-Za-z_-]{0,127}$")]
    private static partial Regex Pattern();
}
