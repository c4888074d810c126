using System.Runtime.InteropServices;

namespace Tenfold.Cli;

/// <summary>
/// Handles the signals that ask a long-running command to end, so that it can shut down in order. It ignores SIGHUP: the agent outlives
/// its terminal.
/// </summary>
internal sealed class ShutdownSignals : IDisposable
{
    private readonly CancellationTokenSource _requested = new();
    private readonly PosixSignalRegistration[] _registrations;

    /// <summary>Begins to handle the signals.</summary>
    public ShutdownSignals() => _registrations =
    [
        PosixSignalRegistration.Create(PosixSignal.SIGTERM, Request),
        PosixSignalRegistration.Create(PosixSignal.SIGINT, Request),
        PosixSignalRegistration.Create(PosixSignal.SIGHUP, context => context.Cancel = true),
    ];

    /// <summary>Cancelled at the first signal; later ones change nothing.</summary>
    public CancellationToken Requested => _requested.Token;

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var registration in _registrations) registration.Dispose();
        _requested.Dispose();
    }

    private void Request(PosixSignalContext context)
    {
        context.Cancel = true;
        _requested.Cancel();
    }
}
