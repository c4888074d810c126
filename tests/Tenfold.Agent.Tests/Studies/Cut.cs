using System.Reflection;
using Tenfold.Core.Ledger;
using Tenfold.Core.Studies;

namespace Tenfold.Agent.Tests.Studies;

/// <summary>A ledger at one of whose calls the process is killed: just before it, or just after.</summary>
internal sealed class Cut
{
    private readonly bool _after;
    private readonly string? _name;
    private int _left;
    private bool _killed;

    /// <summary>At the n-th call, from 1.</summary>
    public Cut(int call, bool after) => (_left, _after) = (call, after);

    /// <summary>At the first call of this name.</summary>
    public Cut(string name, bool after) => (_left, _name, _after) = (1, name, after);

    /// <summary>The name of the call at which it was; null when there were fewer.</summary>
    public string? At { get; private set; }

    public (ILedger Ledger, IStudyLedger Studies) Of<T>(T ledger)
        where T : ILedger, IStudyLedger => (Proxy.Around<ILedger>(ledger, this), Proxy.Around<IStudyLedger>(ledger, this));

    private object? Through(Func<object?> invoke, string name)
    {
        if (_killed) throw new KilledException();
        if ((_name is not null && _name != name) || --_left > 0) return invoke();
        (_killed, At) = (true, name);
        if (_after) ((Task)invoke()!).GetAwaiter().GetResult();
        throw new KilledException();
    }

#pragma warning disable CA1852 // a proxy is made by deriving from it
    private class Proxy : DispatchProxy
#pragma warning restore CA1852
    {
        private object _inner = "";
        private Cut? _cut;

        public static T Around<T>(T inner, Cut cut)
            where T : class
        {
            var made = Create<T, Proxy>();
            ((Proxy)(object)made)._inner = inner;
            ((Proxy)(object)made)._cut = cut;
            return made;
        }

        protected override object? Invoke(MethodInfo? targetMethod, object?[]? args) =>
            _cut!.Through(() => targetMethod!.Invoke(_inner, args), targetMethod!.Name);
    }
}

/// <summary>The end of a process.</summary>
internal sealed class KilledException : Exception;
