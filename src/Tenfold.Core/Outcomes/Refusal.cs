using Tenfold.Core.Input;

namespace Tenfold.Core.Outcomes;

/// <summary>Why an operation was refused. Nothing was changed, unless the operation's documentation says otherwise.</summary>
/// <param name="Kind">What went wrong, for a host to turn into an exit code or a status code.</param>
/// <param name="Message">What happened, why, and what to do next, for a person.</param>
public sealed record Refusal(RefusalKind Kind, string Message)
{
    /// <summary>The faults of a file, which <see cref="Message"/> has in words; empty for another refusal.</summary>
    public IReadOnlyList<Fault> Faults { get; init; } = [];

    /// <summary>The request itself is wrong; see <see cref="RefusalKind.BadInput"/>.</summary>
    public static Refusal BadInput(string message) => new(RefusalKind.BadInput, message);

    /// <summary>Several things of the request are wrong; see <see cref="RefusalKind.BadInput"/>.</summary>
    /// <param name="faults">What is wrong, at least one sentence. The message has a line for each.</param>
    public static Refusal BadInput(IReadOnlyList<string> faults) =>
        BadInput(faults.Count == 1 ? faults[0] : $"{faults.Count} faults\n  {string.Join("\n  ", faults)}");

    /// <summary>What was requested does not exist; see <see cref="RefusalKind.NotFound"/>.</summary>
    public static Refusal NotFound(string message) => new(RefusalKind.NotFound, message);

    /// <summary>The destination exists; see <see cref="RefusalKind.AlreadyExists"/>.</summary>
    public static Refusal AlreadyExists(string message) => new(RefusalKind.AlreadyExists, message);

    /// <summary>Stored content is damaged; see <see cref="RefusalKind.Damaged"/>.</summary>
    public static Refusal Damaged(string message) => new(RefusalKind.Damaged, message);

    /// <summary>Something required is missing; see <see cref="RefusalKind.Unavailable"/>.</summary>
    public static Refusal Unavailable(string message) => new(RefusalKind.Unavailable, message);

    /// <summary>A disk or a store can't be used; see <see cref="RefusalKind.CannotWrite"/>.</summary>
    public static Refusal CannotWrite(string message) => new(RefusalKind.CannotWrite, message);

    /// <summary>A check or a gate was not passed; see <see cref="RefusalKind.NotPassed"/>.</summary>
    public static Refusal NotPassed(string message) => new(RefusalKind.NotPassed, message);

    /// <summary>The refusal of work that was only planned: the message adds that nothing was changed.</summary>
    public Refusal ForNewWork() => this with
    {
        Message = $"{Message.TrimEnd('.')}{(Message.Contains('\n') ? "\n" : ". ")}Nothing was recorded or submitted.",
    };
}

/// <summary>The kinds of refusal.</summary>
public enum RefusalKind
{
    /// <summary>The request, <c>tenfold.yaml</c>, a parameter or the data is wrong.</summary>
    BadInput,

    /// <summary>The given id matches nothing or several things, or what was asked for does not exist (yet).</summary>
    NotFound,

    /// <summary>The destination exists and would be overwritten.</summary>
    AlreadyExists,

    /// <summary>Something in the store or the ledger is damaged, or was written by a newer version.</summary>
    Damaged,

    /// <summary>A required program is missing, or a feature or target is not available.</summary>
    Unavailable,

    /// <summary>The disk is full or read-only, or the store can't be reached or written.</summary>
    CannotWrite,

    /// <summary>A check or a gate was not passed.</summary>
    NotPassed,
}
