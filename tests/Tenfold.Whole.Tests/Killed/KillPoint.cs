using System.Reflection;

namespace Tenfold.Whole.Tests.Killed;

/// <summary>Ends this process with SIGKILL at one of the calls that it makes of its ledger, its store, its cluster: just before it, or just after.</summary>
/// <param name="call">The call, counted from 1 over all that is watched.</param>
/// <param name="after">True for when the call has ended, and nobody has seen its result.</param>
/// <param name="note">The file that gets the call's name.</param>
/// <remarks>Each call is waited for, so that the calls come one after the other, in the same order each time.</remarks>
internal sealed class KillPoint(int call, bool after, string note)
{
    private int _calls;

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
        var isHere = Interlocked.Increment(ref _calls) == call;
        if (isHere && !after) Kill(method);
        var task = (Task)invoke()!;
        // A failure is its caller's.
        task.ContinueWith(_ => { }, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default).Wait();
        if (isHere) Kill(method);
        return task;
    }

    private void Kill(MethodInfo method)
    {
        File.WriteAllText(note, method.Name);
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

        protected override object? Invoke(MethodInfo? targetMethod, object?[]? args) => _point!.Through(targetMethod!, () => targetMethod!.Invoke(_inner, args));
    }
}
