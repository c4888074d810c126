using System.Security.Cryptography;

namespace Tenfold.Core.Runs;

/// <summary>
/// How groups, runs and attempts are named. A group has a random name of eight characters (<c>k7m2xqab</c>); its third repeat is the run
/// <c>k7m2xqab-3</c>; that run's second try is the attempt <c>k7m2xqab-3-2</c>. So a name says where it belongs, and the next attempt's
/// name is known before it is made: whoever makes it, it is made once.
/// </summary>
public static class RunNames
{
    private const string Letters = "abcdefghjkmnpqrstvwxyz";
    private const string Alphabet = "0123456789" + Letters;

    /// <summary>A fresh group name: a letter, then seven of a–z and 0–9 without i, l, o and u, which are easily misread.</summary>
    public static string NewGroup() => string.Create(8, 0, static (name, _) =>
    {
        name[0] = Letters[RandomNumberGenerator.GetInt32(Letters.Length)];
        for (var i = 1; i < name.Length; i++) name[i] = Alphabet[RandomNumberGenerator.GetInt32(Alphabet.Length)];
    });

    /// <summary>The run that is a group's repeat; repeats count from 1.</summary>
    public static string Run(string group, int repeat) => $"{group}-{repeat}";

    /// <summary>A run's attempt; attempts count from 1.</summary>
    public static string Attempt(string run, int number) => $"{run}-{number}";
}
