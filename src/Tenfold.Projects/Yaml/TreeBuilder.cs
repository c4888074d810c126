using System.Globalization;
using Tenfold.Core.Input;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Tenfold.Projects.Yaml;

/// <summary>
/// Builds the tree of one document from the parser's events and refuses what no configuration needs: tags, several documents, deep
/// nesting, aliases that grow without bound.
/// </summary>
internal sealed class TreeBuilder(string text, FaultList faults)
{
    private const int MaxCharacters = 1 << 20;
    private const int MaxDepth = 32;
    private const int MaxNodes = 20_000;
    private const string StringTag = "tag:yaml.org,2002:str";

    private readonly Dictionary<string, Node> _anchors = new(StringComparer.Ordinal);
    private readonly Parser _parser = new(new StringReader(text));
    private ScalarNode? _key;
    private long _nodes;
    private int _depth;

    /// <summary>The root of the document; null for an empty document, or when a fault leaves no tree.</summary>
    public Node? Build()
    {
        if (text.Length > MaxCharacters)
        {
            faults.Add(new Mark(1, 1), $"the file has {text.Length} characters; at most {MaxCharacters} are read. Is it the right file?");
            return null;
        }

        try
        {
            return ReadStream();
        }
        catch (YamlException e)
        {
            var (line, column) = (MarkOf(e.Start).Line, MarkOf(e.Start).Column);
            // At the end of a file without a last line break, the parser may name the line after the last.
            var lines = text.Split(["\r\n", "\n", "\r", "\u0085", "\u2028", "\u2029"], StringSplitOptions.None);
            if (line > lines.Length) (line, column) = (lines.Length, lines[^1].Length + 1);
            var tab = SyntaxMessage.TabAfter(text, line);
            if (tab is null) faults.Add(new Mark(line, column), SyntaxMessage.For(e, text));
            else faults.Add(tab.Value, "not valid YAML: the line is indented with a tab; YAML needs spaces");
        }
        catch (InvalidOperationException)
        {
            // For a few malformed files, the parser of YamlDotNet 16.3 reports a bug of its own.
            faults.Add(_parser.Current is { } last ? MarkOf(last.End) : new Mark(1, 1),
                "not valid YAML here or soon after; look for a stray quote, bracket, '&', '!' or '|'");
        }
        catch (LimitExceededException e)
        {
            faults.Add(e.Mark, e.Message);
        }

        return null;
    }

    private Node? ReadStream()
    {
        _parser.Consume<StreamStart>();
        if (_parser.Accept<StreamEnd>(out _)) return null;
        _parser.Consume<DocumentStart>();
        var root = ReadNode();
        _parser.Consume<DocumentEnd>();
        if (_parser.Accept<DocumentStart>(out var second))
            faults.Add(
                MarkOf(second.Start),
                "a second document begins here; tenfold.yaml has only one: remove the '---' or what follows it");
        return root;
    }

    private Node ReadNode()
    {
        Count(1, CurrentMark());
        if (_parser.TryConsume<AnchorAlias>(out var alias)) return Resolve(alias);
        var node = _parser.Accept<NodeEvent>(out var start) ? start : throw new YamlException("a value was expected");
        Node read = start switch
        {
            Scalar => ReadScalar(),
            SequenceStart => ReadList(),
            _ => ReadMap(),
        };
        if (!node.Anchor.IsEmpty) _anchors[node.Anchor.Value] = read;
        return read;
    }

    private ScalarNode ReadScalar()
    {
        var scalar = _parser.Consume<Scalar>();
        var mark = MarkOf(scalar.Start);
        RefuseTag(scalar, mark);
        for (var i = 0; i < scalar.Value.Length; i++)
        {
            if (char.IsHighSurrogate(scalar.Value[i]) && i + 1 < scalar.Value.Length && char.IsLowSurrogate(scalar.Value[i + 1])) i++;
            else if (scalar.Value[i] == '\0' || char.IsSurrogate(scalar.Value[i]))
            {
                faults.Add(
                    mark,
                    $"{Excerpt.Of(scalar.Value)} contains a character that can't be passed to a program "
                    + $"(\\u{(int)scalar.Value[i]:x4}): remove it");
                break;
            }
        }

        var plain = scalar.Style == ScalarStyle.Plain && scalar.Tag.IsEmpty;
        return new ScalarNode(mark, scalar.Value, plain);
    }

    private ListNode ReadList()
    {
        var start = _parser.Consume<SequenceStart>();
        var mark = Enter(start);
        var items = new List<Node>();
        while (!_parser.TryConsume<SequenceEnd>(out _)) items.Add(ReadNode());
        _depth--;
        return new ListNode(mark, items);
    }

    private MapNode ReadMap()
    {
        var start = _parser.Consume<MappingStart>();
        var mark = Enter(start);
        var entries = new List<MapEntry>();
        var lines = new Dictionary<string, int>(StringComparer.Ordinal);
        while (!_parser.TryConsume<MappingEnd>(out _))
        {
            var key = ReadNode();
            _key = key as ScalarNode ?? _key;
            var value = ReadNode();
            if (key is not ScalarNode name)
                faults.Add(key.Mark, $"a key must be text, not {key.Shown}. A value that begins with '{{' or '[' must be in quotes");
            else if (!lines.TryAdd(name.Text, name.Mark.Line))
                faults.Add(name.Mark, $"duplicate key {Excerpt.Of(name.Text)}: line {lines[name.Text]} has it too; remove one of them");
            else
                entries.Add(new MapEntry(name, value));
        }

        _depth--;
        return new MapNode(mark, entries);
    }

    private Node Resolve(AnchorAlias alias)
    {
        var mark = MarkOf(alias.Start);
        if (_anchors.TryGetValue(alias.Value.Value, out var node))
        {
            Count(node.Weight, mark);
            return node;
        }

        var nearest = Nearest.To(alias.Value.Value, _anchors.Keys);
        faults.Add(
            mark,
            $"unknown anchor {Excerpt.Of("*" + alias.Value.Value)}: there is no '&{Excerpt.Bare(alias.Value.Value)}' before it. "
            + "A text that begins with '*' must be in quotes",
            nearest is null ? null : "*" + nearest);
        return new ScalarNode(mark, "*" + alias.Value.Value, plain: false);
    }

    private Mark Enter(NodeEvent start)
    {
        var mark = MarkOf(start.Start);
        RefuseTag(start, mark);
        if (++_depth > MaxDepth)
            throw new LimitExceededException(mark,
                $"nested more than {MaxDepth} deep, which tenfold.yaml never needs: look for a stray '[' or '{{'");
        return mark;
    }

    private void RefuseTag(NodeEvent node, Mark mark)
    {
        if (node.Tag.IsEmpty || (node is Scalar && node.Tag.Value == StringTag)) return;
        faults.Add(mark,
            $"the tag {Excerpt.Of(node.Tag.Value)} is not used here: remove it (a text that begins with '!' must be in quotes)");
    }

    private void Count(long more, Mark mark)
    {
        _nodes += more;
        if (_nodes <= MaxNodes) return;
        var what = _key is null ? "the file has" : $"{Excerpt.Of(_key.Text)} brings the file to";
        throw new LimitExceededException(
            _key?.Mark ?? mark,
            $"{what} more than {MaxNodes} values, with aliases expanded: put a long list into a file of the project, and write the name of "
                + "that file here");
    }

    private Mark CurrentMark()
    {
        _parser.Accept<ParsingEvent>(out var current);
        return current is null ? new Mark(1, 1) : MarkOf(current.Start);
    }

    private static Mark MarkOf(YamlDotNet.Core.Mark mark) => new(
        (int)Math.Clamp(Convert.ToInt64(mark.Line, CultureInfo.InvariantCulture), 1, int.MaxValue),
        (int)Math.Clamp(Convert.ToInt64(mark.Column, CultureInfo.InvariantCulture), 1, int.MaxValue));

    /// <summary>Stops reading a file that exceeds a limit. <see cref="Build"/> catches it.</summary>
    private sealed class LimitExceededException(Mark mark, string message) : Exception(message)
    {
        public Mark Mark { get; } = mark;
    }
}
