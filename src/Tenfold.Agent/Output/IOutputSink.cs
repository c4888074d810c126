namespace Tenfold.Agent.Output;

/// <summary>Takes what a program writes to a pipe. One call at a time.</summary>
public interface IOutputSink
{
    /// <summary>Takes the next bytes. It makes no difference how they are split over calls.</summary>
    void Take(ReadOnlySpan<byte> bytes);

    /// <summary>Shows an unfinished line: it has waited for its end for a while.</summary>
    void Pause();

    /// <summary>Ends the stream.</summary>
    void End();
}
