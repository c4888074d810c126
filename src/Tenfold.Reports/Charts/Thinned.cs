using Tenfold.Reports.Text;

namespace Tenfold.Reports.Charts;

/// <summary>Picks a sample of items when there are too many to draw, and words the note for the reader.</summary>
internal static class Thinned
{
    /// <summary>At most <paramref name="most"/> evenly spread items, including the first and the last.</summary>
    public static IReadOnlyList<T> Evenly<T>(IReadOnlyList<T> all, int most) =>
        all.Count <= most ? all : [.. Enumerable.Range(0, most).Select(i => all[(int)((long)i * (all.Count - 1) / (most - 1))])];

    /// <summary>At most <paramref name="most"/> items: a quarter are the best, the others are spread evenly over the rest.</summary>
    /// <param name="ranked">The items, best first.</param>
    /// <param name="most">How many to pick; at least 8.</param>
    public static IReadOnlyList<T> BestAndEvenly<T>(IReadOnlyList<T> ranked, int most) =>
        ranked.Count <= most ? ranked : [.. ranked.Take(most / 4), .. Evenly([.. ranked.Skip(most / 4)], most - (most / 4))];

    /// <summary>A sentence for the reader that says what was left out; empty when nothing was.</summary>
    public static string Note(int drawn, int all, string noun, string which) =>
        drawn >= all ? "" : $" Of {Numbers.Count(all, noun)}, {drawn} are drawn: {which}.";
}
