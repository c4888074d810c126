using Tenfold.Core.Store;

namespace Tenfold.Cli;

/// <summary>
/// Ends a host's command with a message and an exit code. The host catches it, and code outside the hosts never sees it.
/// </summary>
/// <param name="exitCode">The exit code.</param>
/// <param name="message">What happened, why, and what to do next.</param>
internal sealed class CommandException(int exitCode, string message) : Exception(message)
{
    /// <summary>The exit code.</summary>
    public int ExitCode { get; } = exitCode;

    /// <summary>True when a server's answer was lost: nobody here knows whether the server has done what it was asked for.</summary>
    public bool IsLost { get; init; }
}

/// <summary>Turns refusals into <see cref="CommandException"/>s.</summary>
internal static class OutcomeExtensions
{
    /// <summary>The value; a refusal ends the command with the refusal's message and exit code.</summary>
    /// <exception cref="CommandException">The outcome is a refusal.</exception>
    public static T OrFail<T>(this Outcome<T> outcome)
        where T : notnull => outcome.Succeeded(out var value, out var refusal) ? value : throw refusal.ToException();

    /// <summary>Awaits the outcome and returns its value; a refusal ends the command with the refusal's message and exit code.</summary>
    /// <exception cref="CommandException">The outcome is a refusal.</exception>
    public static async Task<T> OrFailAsync<T>(this Task<Outcome<T>> outcome)
        where T : notnull => (await outcome).OrFail();

    /// <summary>The value, for an agent, which handles a URL that it can't open like a store that it can't use.</summary>
    /// <exception cref="StoreException">The outcome is a refusal.</exception>
    public static T OrStoreException<T>(this Outcome<T> outcome)
        where T : notnull => outcome.Succeeded(out var value, out var refusal) ? value : throw new StoreException(refusal.Message);

    /// <summary>The exception that ends a command with this refusal.</summary>
    public static CommandException ToException(this Refusal refusal) => new(ExitCodes.For(refusal.Kind), refusal.Message);
}
