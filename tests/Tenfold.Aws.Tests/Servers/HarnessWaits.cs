using System.Diagnostics;
using Tenfold.Core.Attempts;
using Tenfold.Core.Targets;
using Tenfold.Targets.Tests.Conformance;

namespace Tenfold.Aws.Tests.Servers;

/// <summary>Waits for states of attempts.</summary>
internal static class HarnessWaits
{
    /// <summary>The state of an attempt once a condition holds.</summary>
    public static async Task<BackendState> UntilAsync(
        this ITargetHarness bench, Assignment assignment, Func<BackendState, bool> condition, ITarget? target = null)
    {
        var since = Stopwatch.StartNew();
        while (true)
        {
            var state = (await (target ?? bench.Target).ObserveAsync([assignment.Attempt], default)).Single();
            if (condition(state)) return state;
            if (since.Elapsed > Eventually.Deadline) throw new TimeoutException($"it stays {state}");
            await Task.Delay(20);
        }
    }
}
