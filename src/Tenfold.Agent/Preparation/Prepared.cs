using System.Diagnostics.CodeAnalysis;

namespace Tenfold.Agent.Preparation;

/// <summary>Something made ready, or why it could not be.</summary>
/// <typeparam name="T">What it is.</typeparam>
public sealed record Prepared<T>
    where T : class
{
    /// <summary>What is ready; null when it could not be made so.</summary>
    public T? Value { get; private init; }

    /// <summary>What went wrong, why, and what to do; null when nothing did.</summary>
    public string? Refusal { get; private init; }

    /// <summary>True when it is ready.</summary>
    [MemberNotNullWhen(true, nameof(Value))]
    [MemberNotNullWhen(false, nameof(Refusal))]
    public bool IsReady => Value is not null;

    /// <summary>It is ready.</summary>
    public static implicit operator Prepared<T>(T value) => new() { Value = value };

    /// <summary>It could not be made ready.</summary>
    public static Prepared<T> Refused(string refusal) => new() { Refusal = refusal };
}
