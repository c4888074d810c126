using Tenfold.Core.Requests;

namespace Tenfold.App.Views;

/// <summary>What became of imported feedback, as programs get it; <c>docs/json.md</c> describes it.</summary>
public sealed record FeedbackView(int Added, int Corrected, int Repeated, int Superseded, int Unknown)
{
    /// <summary>The view of counts.</summary>
    public static FeedbackView Of(FeedbackCounts counts) =>
        new(counts.Added, counts.Corrected, counts.Repeated, counts.Superseded, counts.Unknown);
}
