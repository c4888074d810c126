using System.Text;

namespace Tenfold.Core.Commands;

/// <summary>The names of the environment variables for parameters and data channels (worker contract).</summary>
public static class EnvironmentNames
{
    /// <summary>The environment variable of a parameter: <c>learning-rate</c> → <c>TENFOLD_PARAM_LEARNING_RATE</c>.</summary>
    public static string OfParameter(string name) => "TENFOLD_PARAM_" + Suffix(name);

    /// <summary>
    /// The suffix of a variable, made from the name of a parameter or channel: upper case, with <c>_</c> for characters other than letters
    /// and digits.
    /// </summary>
    public static string Suffix(string name)
    {
        var suffix = new StringBuilder(name.Length);
        foreach (var c in name) suffix.Append(char.IsAsciiLetterOrDigit(c) ? char.ToUpperInvariant(c) : '_');
        return suffix.ToString();
    }
}
