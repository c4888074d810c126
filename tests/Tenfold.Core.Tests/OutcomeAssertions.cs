using Tenfold.Core.Outcomes;

namespace Tenfold.Core.Tests;

/// <summary>Takes outcomes apart in tests.</summary>
internal static class OutcomeAssertions
{
    /// <summary>The value; a refusal fails the test.</summary>
    public static T Value<T>(this Outcome<T> outcome)
        where T : notnull =>
        outcome.Match(value => value, refusal => throw new InvalidOperationException($"refused: {refusal.Message}"));

    /// <summary>The refusal; a value fails the test.</summary>
    public static Refusal Refusal<T>(this Outcome<T> outcome)
        where T : notnull =>
        outcome.Match(value => throw new InvalidOperationException($"not refused: {value}"), refusal => refusal);

    /// <summary>The refusal is <see cref="RefusalKind.NotFound"/> and its message contains these words.</summary>
    public static void ShouldBeNotFound(this Refusal refusal, string words)
    {
        refusal.Kind.ShouldBe(RefusalKind.NotFound);
        refusal.Message.ShouldContain(words);
    }
}
