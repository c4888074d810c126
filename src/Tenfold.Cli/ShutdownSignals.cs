using System.Runtime.InteropServices;

namespace Tenfold.Cli;

/// <summary>
/// Takes the signals that ask a long-running part to end, so that it can end in order. A hang-up of the terminal is none.
/// </summary>
internal sealed class ShutdownSignals : IDisposable
{
    private readonly CancellationTokenSource _asked = new();
    private readonly PosixSignalRegistration[] _registrations;

    public ShutdownSignals() => _registrations =
    [
        PosixSignalRegistration.Create(PosixSignal.SIGTERM, Ask),
        PosixSignalRegistration.Create(PosixSignal.SIGINT, Ask),
        PosixSignalRegistration.Create(PosixSignal.SIGHUP, context => context.Cancel = true),
    ];

    /// <summary>Cancelled at the first signal; later ones change nothing.</summary>
    public CancellationToken Asked => _asked.Token;

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var registration in _registrations) registration.Dispose();
        _asked.Dispose();
    }

    private void Ask(PosixSignalContext context)
    {
        context.Cancel = true;
        _asked.Cancel();
    }
}
