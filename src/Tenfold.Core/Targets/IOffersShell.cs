using Tenfold.Core.Outcomes;

namespace Tenfold.Core.Targets;

/// <summary>A target whose attempts have machines that a user can log in to while they run.</summary>
public interface IOffersShell
{
    /// <summary>Finds how to log in to the machine of an attempt.</summary>
    /// <returns>The command for the user's terminal; or NotFound: the machine does not run.</returns>
    /// <exception cref="TargetException">The backend does not answer.</exception>
    Task<Outcome<ShellCommand>> FindShellAsync(string attempt, CancellationToken cancellationToken);
}

/// <summary>A command that logs in to a machine.</summary>
/// <param name="Words">The program and its arguments.</param>
/// <param name="Needs">The programs that must be installed, each with where to get it.</param>
public sealed record ShellCommand(IReadOnlyList<string> Words, IReadOnlyDictionary<string, string> Needs);
