using System.Text.RegularExpressions;

namespace Tenfold.Aws.SageMaker.Submit;

/// <summary>
/// The name of an attempt's training job: the ledger, and the attempt. SageMaker allows a name once, so an attempt can't have two jobs.
/// </summary>
/// <param name="Ledger">The id of the ledger that submitted the attempt.</param>
/// <param name="Attempt">The attempt.</param>
internal sealed partial record TrainingName(string Ledger, string Attempt)
{
    /// <summary>The most characters of a name.</summary>
    public const int MaxLength = 63;

    // An assignment of an older version names no ledger.
    private const string NoLedger = "none";

    /// <summary>The name for SageMaker.</summary>
    public override string ToString() => $"{StartOf(Ledger)}{Attempt}";

    /// <summary>The name of an attempt's job.</summary>
    public static TrainingName Of(string ledger, string attempt) => new(Clean(ledger), attempt);

    /// <summary>Reads a job's name; null when Tenfold did not write it.</summary>
    public static TrainingName? Read(string name) => Shape().Match(name) is { Success: true, Groups: var parts }
        ? new TrainingName(parts[1].Value, parts[2].Value) : null;

    /// <summary>The start of the names of a ledger's jobs.</summary>
    public static string StartOf(string ledger) => $"tenfold-{Clean(ledger)}-";

    private static string Clean(string ledger) => Sign().Replace(ledger, "") is { Length: > 0 } clean ? clean : NoLedger;

    [GeneratedRegex("^tenfold-([0-9A-Za-z]+)-([a-z][0-9a-z]{1,31}(?:-[tc]?[0-9]{1,9}){2,3})$",
        RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex Shape();

    [GeneratedRegex("[^0-9A-Za-z]", RegexOptions.CultureInvariant)]
    private static partial Regex Sign();
}
