using System.Runtime.InteropServices;
using Tenfold.Core.Input;

namespace Tenfold.Projects.Yaml;

/// <summary>A position in the file; line and column count from 1.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct Mark(int Line, int Column);

/// <summary>A piece of the file with its position: a scalar, a list or a mapping. Aliases share the node of their anchor.</summary>
internal abstract class Node(Mark mark)
{
    public Mark Mark { get; } = mark;

    /// <summary>The number of nodes at and below this one, with every alias expanded.</summary>
    public abstract long Weight { get; }

    /// <summary>The node as messages show it: its text in quotes, or a description.</summary>
    public abstract string Shown { get; }

    /// <summary>True for a key without a value, and for a plain <c>null</c> or <c>~</c>.</summary>
    public virtual bool IsNull => false;

    protected static long WeightOf(IEnumerable<Node> within)
    {
        var weight = 1L;
        foreach (var node in within) weight += node.Weight;
        return weight;
    }
}

/// <summary>A scalar.</summary>
/// <param name="mark">Where the scalar begins.</param>
/// <param name="text">The unescaped text.</param>
/// <param name="plain">True when the scalar is neither quoted nor a block, so that its text determines its type.</param>
internal sealed class ScalarNode(Mark mark, string text, bool plain) : Node(mark)
{
    public string Text { get; } = text;

    public bool Plain { get; } = plain;

    public override long Weight => 1;

    public override string Shown => IsNull ? "nothing" : Excerpt.Of(Text);

    public override bool IsNull => Plain && Text is ("" or "~" or "null" or "Null" or "NULL");
}

/// <summary>A list.</summary>
internal sealed class ListNode(Mark mark, IReadOnlyList<Node> items) : Node(mark)
{
    public IReadOnlyList<Node> Items { get; } = items;

    public override long Weight { get; } = WeightOf(items);

    public override string Shown => Items.Count == 0 ? "[]" : $"a list of {Items.Count}";
}

/// <summary>A mapping.</summary>
internal sealed class MapNode(Mark mark, IReadOnlyList<MapEntry> entries) : Node(mark)
{
    public IReadOnlyList<MapEntry> Entries { get; } = entries;

    public override long Weight { get; } = entries.Count + WeightOf(entries.Select(entry => entry.Value));

    public override string Shown => Entries.Count == 0 ? "{}" : $"a mapping that begins with {Excerpt.Of(Entries[0].Key.Text)}";

    public Node? Find(string key) => Entries.FirstOrDefault(entry => entry.Key.Text == key)?.Value;
}

/// <summary>A key of a mapping with its value.</summary>
internal sealed record MapEntry(ScalarNode Key, Node Value);
