namespace Tenfold.Core.Targets;

/// <summary>A target whose jobs a user can find at the backend by their names.</summary>
public interface ILocatesJobs
{
    /// <summary>Finds the jobs of attempts, also of those that have ended.</summary>
    /// <returns>The job of each attempt, in order; null for an attempt whose job isn't known.</returns>
    /// <exception cref="TargetException">The backend does not answer.</exception>
    Task<IReadOnlyList<BackendJob?>> LocateAsync(IReadOnlyList<string> attempts, CancellationToken cancellationToken);
}

/// <summary>The job, or the machine, of an attempt at a backend.</summary>
/// <param name="Name">What it is, its name there and where, for people: <c>EC2 machine i-0a1b in eu-west-1</c>.</param>
/// <param name="Command">A command that shows it, for the user's terminal.</param>
public sealed record BackendJob(string Name, string Command);
