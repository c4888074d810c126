namespace Tenfold.Core.Platform;

/// <summary>
/// The variables that never leave the command that the user typed: the ledger's address, which may contain a password, and the server with
/// the key of its API. No program that Tenfold starts gets them, and no job: such a program may run code that isn't the user's.
/// </summary>
public static class PrivateVariables
{
    private static readonly string[] Names = ["TENFOLD_LEDGER", "TENFOLD_SERVER", "TENFOLD_API_KEY"];

    /// <summary>True for such a variable.</summary>
    public static bool Contains(string name) => Names.Contains(name);

    /// <summary>The variables of a command without these.</summary>
    public static Dictionary<string, string> Without(IEnumerable<KeyValuePair<string, string>> variables) =>
        variables.Where(variable => !Contains(variable.Key)).ToDictionary();
}
