namespace Tenfold.Cli;

/// <summary>The program's exit codes; <c>docs/exit-codes.md</c> documents the same table.</summary>
internal static class ExitCodes
{
    /// <summary>Everything went well.</summary>
    public const int Success = 0;

    /// <summary>A run failed or was cancelled, or gave no value of the metric that decides.</summary>
    public const int RunFailed = 1;

    /// <summary>The command line, <c>tenfold.yaml</c>, a parameter or the data is wrong.</summary>
    public const int BadInput = 2;

    /// <summary>No study, group or run has that id, or several ids begin with it.</summary>
    public const int NotFound = 3;

    /// <summary>The destination exists; <c>--overwrite</c> replaces it.</summary>
    public const int Exists = 4;

    /// <summary>Something in the store or the ledger is damaged, or was written by a newer version.</summary>
    public const int Damaged = 5;

    /// <summary>A required program is missing, or a feature or target is not available.</summary>
    public const int Unavailable = 6;

    /// <summary>The disk is full or read-only, or the ledger or the store can't be reached.</summary>
    public const int CannotWrite = 7;

    /// <summary>A gate did not pass: <c>compare --fail-on</c>, or a deploy's checks.</summary>
    public const int GateFailed = 8;

    /// <summary>An agent with <c>--idle</c> or <c>--lifetime</c> has ended, and its machine can be switched off.</summary>
    public const int MachineDone = 9;

    /// <summary>A bug in Tenfold.</summary>
    public const int Bug = 70;

    /// <summary>Ended by Ctrl-C or SIGTERM; submitted runs continue.</summary>
    public const int Interrupted = 130;

    /// <summary>The exit code of a refusal.</summary>
    public static int For(RefusalKind kind) => kind switch
    {
        RefusalKind.BadInput => BadInput,
        RefusalKind.NotFound => NotFound,
        RefusalKind.AlreadyExists => Exists,
        RefusalKind.Damaged => Damaged,
        RefusalKind.Unavailable => Unavailable,
        RefusalKind.CannotWrite => CannotWrite,
        RefusalKind.NotPassed => GateFailed,
        _ => Bug,
    };
}
