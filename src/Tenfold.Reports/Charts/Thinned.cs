using Tenfold.Reports.Text;

namespace Tenfold.Reports.Charts;

/// <summary>Fewer things, when there are too many to draw; the reader is told.</summary>
public static class Thinned
{
    /// <summary>At most so many, evenly from all; first and last are among them.</summary>
    public static IReadOnlyList<T> Evenly<T>(IReadOnlyList<T> all, int most) =>
        all.Count <= most ? all : [.. Enumerable.Range(0, most).Select(i => all[(int)((long)i * (all.Count - 1) / (most - 1))])];

    /// <summary>At most so many: the first quarter of them are the first ones, the rest evenly from the others.</summary>
    /// <param name="ranked">The best first.</param>
    /// <param name="most">How many; at least 8.</param>
    public static IReadOnlyList<T> BestAndEvenly<T>(IReadOnlyList<T> ranked, int most) =>
        ranked.Count <= most ? ranked : [.. ranked.Take(most / 4), .. Evenly([.. ranked.Skip(most / 4)], most - (most / 4))];

    /// <summary>What to tell the reader; empty when nothing was left out.</summary>
    public static string Note(int drawn, int all, string noun, string which) =>
        drawn >= all ? "" : $" Of {Numbers.Count(all, noun)}, {drawn} are drawn: {which}.";
}
