using Tenfold.Core.Input;

namespace Tenfold.Projects.Yaml;

/// <summary>Collects every fault of one file.</summary>
internal sealed class FaultList(string path)
{
    private readonly List<Fault> _faults = [];

    public int Count => _faults.Count;

    /// <summary>Adds a fault. Control characters from the file are escaped, so that they can't control the terminal.</summary>
    public void Add(Mark mark, string message, string? suggestion = null) => _faults.Add(new Fault(
        path,
        mark.Line,
        mark.Column,
        Excerpt.Bare(message, longest: 2_000),
        suggestion is null ? null : Excerpt.Bare(suggestion, longest: 200)));

    /// <summary>The faults in the order of the file, without duplicates: a node with two aliases is read twice.</summary>
    public IReadOnlyList<Fault> InOrder() => [.. _faults.Distinct().OrderBy(fault => fault.Line).ThenBy(fault => fault.Column)];
}
