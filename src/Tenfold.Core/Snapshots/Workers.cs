using System.Runtime.ExceptionServices;

namespace Tenfold.Core.Snapshots;

/// <summary>Runs independent work items on all cores.</summary>
internal static class Workers
{
    private const int WorthAThread = 8;

    /// <summary>Calls the action for 0 to count - 1, on the caller's thread and new ones; returns when all calls are done.</summary>
    public static void Run(int count, Action<int> action, CancellationToken cancellationToken)
    {
        var next = -1;
        ExceptionDispatchInfo? failure = null;
        var helpers = new Thread[Math.Clamp(count / WorthAThread, 0, Math.Min(Environment.ProcessorCount, 8) - 1)];
        for (var i = 0; i < helpers.Length; i++)
        {
            helpers[i] = new Thread(Work, 1 << 18) { IsBackground = true };
            helpers[i].Start();
        }
        Work();
        foreach (var helper in helpers) helper.Join();
        failure?.Throw();
        cancellationToken.ThrowIfCancellationRequested();

        void Work()
        {
            try
            {
                for (int i; failure is null && !cancellationToken.IsCancellationRequested && (i = Interlocked.Increment(ref next)) < count;)
                    action(i);
            }
            catch (Exception e)
            {
                failure = ExceptionDispatchInfo.Capture(e);
            }
        }
    }
}
