using Tenfold.Core.Reasons;

namespace Tenfold.Targets.Pool;

/// <summary>Makes reasons from what a pool shows about an attempt.</summary>
internal static class PoolReason
{
    /// <summary>Makes a reason.</summary>
    /// <param name="fact">What happened.</param>
    /// <param name="words">What it means, in plain words, with a next step if there is one.</param>
    /// <param name="about">What the fact is about, by name.</param>
    public static Reason.OfBackend Of(PoolFact fact, string words, params (string Name, string? Value)[] about) =>
        Reason.OfBackend.From("pool", fact, words, state: null, answer: null, about);
}

/// <summary>What a pool shows about an attempt. The names are stored, so that they must never change.</summary>
internal enum PoolFact
{
    /// <summary>No machine serves the pool.</summary>
    NoMachine,

    /// <summary>No machine that serves the pool is one that may take the run.</summary>
    NoNamedMachine,

    /// <summary>Every machine of the pool is smaller than the run needs.</summary>
    MachinesTooSmall,

    /// <summary>No machine of the pool has a secret that the run needs.</summary>
    SecretsMissing,

    /// <summary>The machines of the pool have no room at the moment.</summary>
    NoRoom,

    /// <summary>The machine that ran the attempt is offline.</summary>
    MachineOffline,

    /// <summary>The agent that ran the attempt has been replaced by another one.</summary>
    AgentReplaced,

    /// <summary>An instance starts for it.</summary>
    InstanceStarting,

    /// <summary>An instance is stopping, and is started once it has stopped.</summary>
    InstanceStopping,

    /// <summary>No instance that could run it can be started now; the reason's state is the cloud's code.</summary>
    InstanceNotStarted,

    /// <summary>The cloud that has the instances does not answer.</summary>
    CloudNotAnswering,
}
