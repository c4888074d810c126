using Tenfold.Core.Attempts;
using Tenfold.Core.Store;
using Tenfold.Core.Targets;

namespace Tenfold.Targets.Tests.Conformance;

/// <summary>A real backend for the conformance tests, with the actions of its operator.</summary>
/// <remarks>Commands are for <c>/bin/sh</c>. An agent, or a stand-in for one, really runs them.</remarks>
internal interface ITargetHarness : IAsyncDisposable
{
    /// <summary>The target.</summary>
    ITarget Target { get; }

    /// <summary>The store in which the agents report.</summary>
    IStore Store { get; }

    /// <summary>Opens the target again, as another process would.</summary>
    ITarget Reopen();

    /// <summary>Makes the first attempts of a new group.</summary>
    /// <param name="command">The command of each attempt.</param>
    /// <param name="repeat">How many attempts.</param>
    Task<IReadOnlyList<Assignment>> AssignAsync(string command, int repeat = 1);

    /// <summary>Keeps submitted attempts from starting, or lets them start again.</summary>
    void Hold(bool isHeld);

    /// <summary>Kills everything that carries out an attempt, without a chance to report, as a power failure would.</summary>
    void Kill(string attempt);

    /// <summary>Makes an assignment that the target can never carry out, with a word that the reason must contain; null for none.</summary>
    Task<(Assignment Assignment, string Word)?> ImpossibleAsync();

    /// <summary>How many calls the backend has got so far; null when it can't be called.</summary>
    int? Calls { get; }
}
