namespace Tenfold.Gateway;

/// <summary>The threads that wait for sockets. Requests run on them, and everything that may take long runs elsewhere.</summary>
/// <remarks>
/// By default, .NET passes each arrival of bytes to another thread. A short request waits twice for bytes, and passing it on costs as much
/// processor time as forwarding it. So the code that waits for bytes goes on where they arrive; nothing there may block. There is one such
/// thread for each core.
/// </remarks>
internal static class SocketThreads
{
    // Not one of the default scheduler: code that awaits within it comes back to it, and not to the thread that completes a read.
    private static readonly TaskScheduler Elsewhere =
        new ConcurrentExclusiveSchedulerPair(TaskScheduler.Default, maxConcurrencyLevel: -1).ConcurrentScheduler;

    /// <summary>Lets code go on where its bytes arrive, in this process. Call it before the first socket is used.</summary>
    public static void Use() => Environment.SetEnvironmentVariable("DOTNET_SYSTEM_NET_SOCKETS_INLINE_COMPLETIONS", "1");

    /// <summary>Runs work, and what follows its awaits, on the thread pool.</summary>
    /// <param name="work">The work.</param>
    public static Task RunElsewhereAsync(Func<Task> work) =>
        Task.Factory.StartNew(work, CancellationToken.None, TaskCreationOptions.DenyChildAttach, Elsewhere).Unwrap();
}
