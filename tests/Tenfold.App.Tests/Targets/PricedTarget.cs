using Tenfold.Core.Attempts;
using Tenfold.Core.Outcomes;
using Tenfold.Core.Runs;
using Tenfold.Core.Targets;

namespace Tenfold.App.Tests.Targets;

/// <summary>A target that only has a price.</summary>
/// <param name="find">Finds the price.</param>
internal sealed class PricedTarget(Func<Outcome<HourlyPrice>> find) : ITarget, IPrices
{
    public TargetCapabilities Capabilities { get; } = new("priced", CallsPerHundred.None);

    public Task<IReadOnlyList<StartOutcome>> StartAsync(IReadOnlyList<Assignment> assignments, CancellationToken cancellationToken) =>
        throw new NotSupportedException();

    public Task<IReadOnlyList<BackendState>> ObserveAsync(IReadOnlyList<string> attempts, CancellationToken cancellationToken) =>
        throw new NotSupportedException();

    public Task StopAsync(IReadOnlyList<string> attempts, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task<IReadOnlyList<string>> ListAsync(string ledger, CancellationToken cancellationToken) => throw new NotSupportedException();

    public ValueTask<Outcome<HourlyPrice>> FindPriceAsync(
        ResourceSpec resources, TargetSpec? target, CancellationToken cancellationToken) => ValueTask.FromResult(find());
}
