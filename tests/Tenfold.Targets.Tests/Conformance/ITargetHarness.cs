using Tenfold.Core.Attempts;
using Tenfold.Core.Store;
using Tenfold.Core.Targets;

namespace Tenfold.Targets.Tests.Conformance;

/// <summary>A real backend for the conformance tests, with what its operator can do to it.</summary>
/// <remarks>Commands are for <c>/bin/sh</c> and are really run there, by an agent or by what stands in for one.</remarks>
internal interface ITargetHarness : IAsyncDisposable
{
    /// <summary>The target.</summary>
    ITarget Target { get; }

    /// <summary>The store, in which the agents report.</summary>
    IStore Store { get; }

    /// <summary>The same place as another process sees it.</summary>
    ITarget Reopen();

    /// <summary>The first attempts of a new group.</summary>
    /// <param name="command">What each runs.</param>
    /// <param name="repeat">How many.</param>
    Task<IReadOnlyList<Assignment>> AssignAsync(string command, int repeat = 1);

    /// <summary>From now on nothing that is handed over begins to run; or, once more, all does.</summary>
    void Hold(bool isHeld);

    /// <summary>Ends whatever carries an attempt out, at once and without a chance to say so: its machine's power is cut.</summary>
    void Kill(string attempt);

    /// <summary>An assignment that the place can never carry out, and a word that the reason must have.</summary>
    Task<(Assignment Assignment, string Word)?> ImpossibleAsync();

    /// <summary>Questions asked of the backend so far; null when it is no process of its own.</summary>
    int? Calls { get; }
}
