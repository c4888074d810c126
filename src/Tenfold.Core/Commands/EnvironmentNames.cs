using System.Text;

namespace Tenfold.Core.Commands;

/// <summary>The environment variables that carry parameters and data channels (worker contract).</summary>
public static class EnvironmentNames
{
    /// <summary>The environment variable that carries a parameter: <c>learning-rate</c> → <c>TENFOLD_PARAM_LEARNING_RATE</c>.</summary>
    public static string OfParameter(string name) => "TENFOLD_PARAM_" + Suffix(name);

    /// <summary>
    /// The end of a variable's name, made from a parameter's or channel's: upper case, with <c>_</c> for other characters.
    /// </summary>
    public static string Suffix(string name)
    {
        var suffix = new StringBuilder(name.Length);
        foreach (var c in name) suffix.Append(char.IsAsciiLetterOrDigit(c) ? char.ToUpperInvariant(c) : '_');
        return suffix.ToString();
    }
}
