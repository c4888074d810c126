namespace Tenfold.App;

/// <summary>The program's exit codes; the table in <c>docs/exit-codes.md</c> says the same.</summary>
public static class ExitCodes
{
    /// <summary>All went well.</summary>
    public const int Success = 0;

    /// <summary>A run failed or was cancelled, or gave no value of the metric that decides.</summary>
    public const int RunFailed = 1;

    /// <summary>Bad input: the command line, <c>tenfold.yaml</c>, a parameter, data that is not there.</summary>
    public const int BadInput = 2;

    /// <summary>No group or run has that name, or several have.</summary>
    public const int NotFound = 3;

    /// <summary>What is to be written is there already; <c>--overwrite</c> replaces it.</summary>
    public const int Exists = 4;

    /// <summary>Something in the store or the ledger is damaged, or made by a newer version.</summary>
    public const int Damaged = 5;

    /// <summary>A program that is needed is missing, or what was asked for is not available yet.</summary>
    public const int Unavailable = 6;

    /// <summary>The disk is full or read-only, or the ledger or the store cannot be reached.</summary>
    public const int CannotWrite = 7;

    /// <summary>A fault of Tenfold itself.</summary>
    public const int Bug = 70;

    /// <summary>Ended by Ctrl-C or SIGTERM; runs that were handed over go on.</summary>
    public const int Interrupted = 130;
}

/// <summary>A command can't do what was asked; the host turns it into a message and an exit code, in one place.</summary>
/// <param name="exitCode">The exit code.</param>
/// <param name="message">What, why, and what to do next.</param>
public sealed class CommandException(int exitCode, string message) : Exception(message)
{
    /// <summary>The exit code.</summary>
    public int ExitCode { get; } = exitCode;
}
