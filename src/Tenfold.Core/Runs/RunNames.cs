using System.Globalization;
using System.Security.Cryptography;

namespace Tenfold.Core.Runs;

/// <summary>
/// How groups, runs and attempts are named. A group has a random name of eight characters (<c>k7m2xqab</c>); its third repeat is the run
/// <c>k7m2xqab-3</c>; that run's second attempt is <c>k7m2xqab-3-2</c>. So a name shows what it belongs to, and the next attempt's name is
/// known in advance: when several processes add it, only one succeeds. A study has a name like a group's, and its trials are groups named
/// after it.
/// </summary>
public static class RunNames
{
    private const string Letters = "abcdefghjkmnpqrstvwxyz";
    private const string Alphabet = "0123456789" + Letters;

    /// <summary>
    /// A new group name: a letter, then seven letters and digits. The letters i, l, o and u are left out, because they are easily misread.
    /// </summary>
    public static string NewGroup() => string.Create(8, 0, static (name, _) =>
    {
        name[0] = Letters[RandomNumberGenerator.GetInt32(Letters.Length)];
        for (var i = 1; i < name.Length; i++) name[i] = Alphabet[RandomNumberGenerator.GetInt32(Alphabet.Length)];
    });

    /// <summary>The run for a group's repeat; repeats count from 1.</summary>
    public static string Run(string group, int repeat) => $"{group}-{repeat}";

    /// <summary>A run's attempt; attempts count from 1.</summary>
    public static string Attempt(string run, int number) => $"{run}-{number}";

    /// <summary>The group for a study's trial: <c>k7m2xqab-t12</c>.</summary>
    public static string Trial(string study, int number) => $"{study}-t{number}";

    /// <summary>The group that runs a trial's point again with fresh seeds: <c>k7m2xqab-c12</c>.</summary>
    public static string Confirmation(string study, int number) => $"{study}-c{number}";

    /// <summary>The group in the name of a group, run or attempt.</summary>
    public static string GroupOf(string id)
    {
        var dash = id.IndexOf('-');
        if (dash < 0) return id;
        if (dash + 1 < id.Length && id[dash + 1] is 't' or 'c') dash = id.IndexOf('-', dash + 1);
        return dash < 0 ? id : id[..dash];
    }

    /// <summary>The run in the name of an attempt; the name itself when it has no dash.</summary>
    public static string RunOf(string attempt) => attempt.LastIndexOf('-') is > 0 and var dash ? attempt[..dash] : attempt;

    /// <summary>The study in the name of a trial or confirmation; null for any other name.</summary>
    public static string? StudyOf(string id)
    {
        var dash = id.IndexOf('-');
        return dash > 0 && dash + 1 < id.Length && id[dash + 1] is 't' or 'c' ? id[..dash] : null;
    }

    /// <summary>The trial's number in the name of a trial or confirmation; null for any other name.</summary>
    public static int? TrialOf(string id) =>
        StudyOf(id) is { } study
        && int.TryParse(GroupOf(id).AsSpan(study.Length + 2), NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? number
            : null;

    /// <summary>True for the name of a confirmation, or of one of its runs or attempts.</summary>
    public static bool IsConfirmation(string id) => StudyOf(id) is { } study && id[study.Length + 1] == 'c';

    /// <summary>True for the name of a run or an attempt: it is longer than its group's name.</summary>
    public static bool IsOfRun(string id) => GroupOf(id).Length < id.Length;
}
