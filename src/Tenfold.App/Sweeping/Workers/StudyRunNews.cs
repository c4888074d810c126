using Tenfold.Core.Studies;

namespace Tenfold.App.Sweeping.Workers;

/// <summary>What happens while <c>tenfold study run</c> runs trials, for a host to show.</summary>
public abstract record StudyRunNews
{
    private StudyRunNews()
    {
    }

    /// <summary>A trial has a result, or was lost.</summary>
    /// <param name="Trial">The trial as it is now.</param>
    public sealed record Told(TrialRecord Trial) : StudyRunNews;

    /// <summary>A line that a worker printed for people.</summary>
    /// <param name="Trial">The trial's number.</param>
    /// <param name="Text">The line.</param>
    public sealed record Line(int Trial, string Text) : StudyRunNews;

    /// <summary>Bytes that a worker wrote to its standard error.</summary>
    /// <param name="Bytes">The bytes; they may end within a line.</param>
    public sealed record Errors(byte[] Bytes) : StudyRunNews;

    /// <summary>All points have been asked, and trials of another process still run: if they are lost, their points are run here.</summary>
    /// <param name="Trials">Their numbers.</param>
    public sealed record Waiting(IReadOnlyList<int> Trials) : StudyRunNews;

    /// <summary>A result could not be recorded.</summary>
    /// <param name="Study">The study.</param>
    /// <param name="Result">The result.</param>
    /// <param name="Why">Why, in words.</param>
    public sealed record Untold(string Study, TrialResult Result, string Why) : StudyRunNews;
}
