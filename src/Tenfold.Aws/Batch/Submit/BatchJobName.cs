using System.Globalization;
using System.Text.RegularExpressions;
using Tenfold.Aws.Jobs;
using Tenfold.Core.Runs;

namespace Tenfold.Aws.Batch.Submit;

/// <summary>
/// The name of a job: its first attempt, the ledger, how many attempts it has, and the SHA-256 of their list. So a listing alone tells
/// what was submitted, also after a crash between submitting and recording.
/// </summary>
/// <param name="First">The first attempt.</param>
/// <param name="Ledger">The id of the ledger that submitted it; may be empty.</param>
/// <param name="Count">How many attempts it has.</param>
/// <param name="ListSha256">The SHA-256 of the <see cref="AttemptList"/>.</param>
internal sealed partial record BatchJobName(string First, string Ledger, int Count, string ListSha256)
{
    /// <summary>The name for Batch.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{First}_{Ledger}_{Count}_{ListSha256}");

    /// <summary>The name of a job with a list of attempts.</summary>
    public static BatchJobName Of(AttemptList list, string ledger) =>
        new(list.Entries[0].Attempt, Sign().Replace(ledger, "-"), list.Entries.Count, list.Sha256);

    /// <summary>Reads a job's name; null when Tenfold did not write it.</summary>
    public static BatchJobName? Read(string name) =>
        Shape().Match(name) is { Success: true, Groups: var parts }
            ? new BatchJobName(
                parts[1].Value, parts[2].Value, int.Parse(parts[3].ValueSpan, CultureInfo.InvariantCulture), parts[4].Value)
            : null;

    /// <summary>True when the ledger submitted the job.</summary>
    public bool IsOf(string ledger) => Ledger == Sign().Replace(ledger, "-");

    /// <summary>The start of the names of all jobs of an attempt's study, or of its group.</summary>
    public static string RootOf(string attempt) => RunNames.StudyOf(attempt) ?? RunNames.GroupOf(attempt);

    [GeneratedRegex("^([a-z][0-9a-z]{1,31}(?:-[tc]?[0-9]{1,9}){2,3})_([0-9A-Za-z-]*)_([1-9][0-9]{0,4})_([0-9a-f]{64})$",
        RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex Shape();

    [GeneratedRegex("[^0-9A-Za-z-]", RegexOptions.CultureInvariant)]
    private static partial Regex Sign();
}
