using System.Text.RegularExpressions;

namespace Tenfold.Core.Versions;

/// <summary>The names that models and versions may have. They appear in URLs, headers, and names of tables and files.</summary>
public static partial class VersionNames
{
    /// <summary>What a valid name is, for messages.</summary>
    public const string Rule = "at most 64 letters, digits, '.', '_' and '-', the first a letter or a digit";

    /// <summary>True for a valid name of a model or a version.</summary>
    public static bool IsValid(string name) => Pattern.IsMatch(name);

    [GeneratedRegex(@"\A[A-Za-z0-9][A-Za-z0-9_.-]{0,63}\z", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex Pattern { get; }
}
