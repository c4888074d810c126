using System.Reflection;

namespace Tenfold.EndToEnd.Tests.Killed;

/// <summary>A call of a controller's ledger, store or cluster.</summary>
/// <param name="Name">The method's name.</param>
/// <param name="Nth">The call's number among the calls of that method, counted from 1.</param>
internal sealed record Call(string Name, int Nth)
{
    /// <summary>A call that never happens.</summary>
    public static Call Never { get; } = new("", 0);
}

/// <summary>
/// Ends this process with SIGKILL just before or just after one of its calls to its ledger, store or cluster.
/// </summary>
/// <param name="call">The call.</param>
/// <param name="after">True to end the process after the call, before its caller gets the result.</param>
/// <param name="log">The file to which each call's name is written before the call.</param>
/// <remarks>Each call blocks until it has ended, so that the calls always come in the same order.</remarks>
internal sealed class KillPoint(Call call, bool after, string log)
{
    private readonly Dictionary<string, int> _calls = [];

    /// <summary>Wraps an object to watch its calls.</summary>
    public T Watch<T>(T inner)
        where T : class
    {
        var proxy = DispatchProxy.Create<T, Proxy>();
        ((Proxy)(object)proxy).Set(inner, this);
        return proxy;
    }

    private object? Invoke(MethodInfo method, Func<object?> invoke)
    {
        if (!typeof(Task).IsAssignableFrom(method.ReturnType)) return invoke();
        bool isHere;
        lock (_calls)
        {
            _calls[method.Name] = _calls.GetValueOrDefault(method.Name) + 1;
            isHere = new Call(method.Name, _calls[method.Name]) == call;
            File.AppendAllText(log, $"{method.Name}\n");
        }

        if (isHere && !after) Kill();
        var task = (Task)invoke()!;
        // Waits without throwing: the caller handles a failure.
        task.ContinueWith(_ => { }, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default).Wait();
        if (isHere) Kill();
        return task;
    }

    private static void Kill()
    {
        OwnProcesses.Signal(Environment.ProcessId, OwnProcesses.SigKill);
        Thread.Sleep(Timeout.Infinite);
    }

#pragma warning disable CA1852 // DispatchProxy derives from the class
    private class Proxy : DispatchProxy
#pragma warning restore CA1852
    {
        private object _inner = "";
        private KillPoint? _point;

        public void Set(object inner, KillPoint point) => (_inner, _point) = (inner, point);

        protected override object? Invoke(MethodInfo? targetMethod, object?[]? args) =>
            _point!.Invoke(targetMethod!, () => targetMethod!.Invoke(_inner, args));
    }
}
