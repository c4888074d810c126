using System.Reflection;

namespace Tenfold.EndToEnd.Tests.Killed;

/// <summary>A call of a controller's ledger, store or cluster.</summary>
/// <param name="Name">The method's.</param>
/// <param name="Nth">Counted from 1 among the calls of that name.</param>
internal sealed record Call(string Name, int Nth)
{
    /// <summary>One that nobody makes.</summary>
    public static Call Never { get; } = new("", 0);
}

/// <summary>
/// Ends this process with SIGKILL at one of the calls that it makes of its ledger, its store, its cluster: just before it, or just after.
/// </summary>
/// <param name="call">The call.</param>
/// <param name="after">True for when the call has ended, and nobody has seen its result.</param>
/// <param name="called">The file that gets each call's name, a line each, before the call.</param>
/// <remarks>Each call is waited for, so that the calls come one after the other, in the same order each time.</remarks>
internal sealed class KillPoint(Call call, bool after, string called)
{
    private readonly Dictionary<string, int> _calls = [];

    /// <summary>The same, watched.</summary>
    public T Watch<T>(T inner)
        where T : class
    {
        var made = DispatchProxy.Create<T, Watched>();
        ((Watched)(object)made).Set(inner, this);
        return made;
    }

    private object? Through(MethodInfo method, Func<object?> invoke)
    {
        if (!typeof(Task).IsAssignableFrom(method.ReturnType)) return invoke();
        bool isHere;
        lock (_calls)
        {
            _calls[method.Name] = _calls.GetValueOrDefault(method.Name) + 1;
            isHere = new Call(method.Name, _calls[method.Name]) == call;
            File.AppendAllText(called, $"{method.Name}\n");
        }

        if (isHere && !after) Kill();
        var task = (Task)invoke()!;
        // A failure is its caller's.
        task.ContinueWith(_ => { }, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default).Wait();
        if (isHere) Kill();
        return task;
    }

    private static void Kill()
    {
        OwnProcesses.Signal(Environment.ProcessId, OwnProcesses.SigKill);
        Thread.Sleep(Timeout.Infinite);
    }

#pragma warning disable CA1852 // a proxy is made by deriving from it
    private class Watched : DispatchProxy
#pragma warning restore CA1852
    {
        private object _inner = "";
        private KillPoint? _point;

        public void Set(object inner, KillPoint point) => (_inner, _point) = (inner, point);

        protected override object? Invoke(MethodInfo? targetMethod, object?[]? args) =>
            _point!.Through(targetMethod!, () => targetMethod!.Invoke(_inner, args));
    }
}
