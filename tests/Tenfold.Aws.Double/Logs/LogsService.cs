using System.Text.Json.Nodes;
using Tenfold.Aws.Double.Wire;

namespace Tenfold.Aws.Double.Logs;

/// <summary>CloudWatch Logs.</summary>
/// <remarks>Source: Amazon CloudWatch Logs API Reference.</remarks>
public sealed class LogsService : AwsService
{
    private readonly Account _account;
    private readonly Lock _gate = new();
    private readonly Dictionary<string, LogGroup> _groups = [];
    private readonly LogReading _reading;

    internal LogsService(Account account) : base("logs")
    {
        _account = account;
        _reading = new LogReading(this);
        OnLocked("CreateLogGroup", CreateGroup);
        OnLocked("DeleteLogGroup", input =>
        {
            _groups.Remove(Group(input).Name);
            return [];
        });
        OnLocked("PutRetentionPolicy", input =>
        {
            Group(input).RetentionDays = input.Number("retentionInDays");
            return [];
        });
        OnLocked("CreateLogStream", CreateStream);
        OnLocked("DeleteLogStream", input =>
        {
            Group(input).Streams.Remove(Stream(input).Name);
            return [];
        });
        OnLocked("PutLogEvents", Put);
        OnLocked("GetLogEvents", input => _reading.Get(Stream(input), input));
        OnLocked("FilterLogEvents", input => LogReading.Filter(Group(input), input));
        OnLocked("DescribeLogGroups", DescribeGroups);
        OnLocked("DescribeLogStreams", DescribeStreams);
        OnLocked("ListTagsLogGroup", input => new JsonObject { ["tags"] = Group(input).Tags.ToMap() });
    }

    /// <summary>How many empty pages come before each page that has events. An empty page is not the end.</summary>
    public int EmptyPages { get; set; }

    /// <summary>Adds a log group.</summary>
    public void AddGroup(string name, IReadOnlyDictionary<string, string>? tags = null, int? retentionDays = null)
    {
        lock (_gate) _groups[name] = new LogGroup(name, _account.Time.GetUtcNow(),
            new(tags ?? new Dictionary<string, string>()))
        { RetentionDays = retentionDays };
    }

    /// <summary>Removes a log group, like somebody who deletes it by hand.</summary>
    public void RemoveGroup(string name)
    {
        lock (_gate) _groups.Remove(name);
    }

    /// <summary>Adds a log stream.</summary>
    public void AddStream(string group, string stream) => Create(group, stream);

    /// <summary>Adds a line to a stream.</summary>
    public void AddLine(string group, string stream, string line) => Append(group, stream, line);

    /// <summary>The lines of a stream so far.</summary>
    public IReadOnlyList<string> Lines(string group, string stream)
    {
        lock (_gate)
        {
            return _groups.TryGetValue(group, out var found) && found.Streams.TryGetValue(stream, out var log)
                ? [.. log.Events.Select(e => e.Message)] : [];
        }
    }

    internal bool Exists(string group)
    {
        lock (_gate) return _groups.ContainsKey(group);
    }

    internal IReadOnlyList<string> Groups()
    {
        lock (_gate) return [.. _groups.Keys];
    }

    internal void Create(string group, string stream)
    {
        lock (_gate)
        {
            if (!_groups.ContainsKey(group)) AddGroup(group);
            _groups[group].Streams.TryAdd(stream, new LogStream(stream, _account.Time.GetUtcNow()));
        }
    }

    internal void Append(string group, string stream, string line)
    {
        lock (_gate)
        {
            // A deleted group loses what comes later.
            if (_groups.TryGetValue(group, out var found) && found.Streams.TryGetValue(stream, out var log))
                log.Events.Add(new(_account.Time.GetUtcNow(), line));
        }
    }

    internal string ArnOf(LogGroup group) => _account.Arn("logs", $"log-group:{group.Name}");

    private void OnLocked(string operation, Func<JsonObject, JsonObject> answer) => On(operation, request =>
    {
        lock (_gate) return answer(request.Input);
    });

    private LogGroup Group(JsonObject input) => _groups.GetValueOrDefault(input.Text("logGroupName") ?? "")
        ?? throw new AwsErrorException(400, "ResourceNotFoundException", "The specified log group does not exist.");

    private LogStream Stream(JsonObject input) => Group(input).Streams.GetValueOrDefault(input.Text("logStreamName")!)
        ?? throw new AwsErrorException(400, "ResourceNotFoundException", "The specified log stream does not exist.");

    private JsonObject CreateGroup(JsonObject input)
    {
        var name = input.Text("logGroupName")!;
        if (_groups.ContainsKey(name)) throw new AwsErrorException(400, "ResourceAlreadyExistsException",
            "The specified log group already exists");
        AddGroup(name, input.Map("tags"));
        return [];
    }

    private JsonObject CreateStream(JsonObject input)
    {
        var name = input.Text("logStreamName")!;
        if (!Group(input).Streams.TryAdd(name, new LogStream(name, _account.Time.GetUtcNow())))
            throw new AwsErrorException(400, "ResourceAlreadyExistsException", "The specified log stream already exists");
        return [];
    }

    private JsonObject Put(JsonObject input)
    {
        var stream = Stream(input);
        foreach (var item in input.Items("logEvents"))
            stream.Events.Add(new(DateTimeOffset.FromUnixTimeMilliseconds(item.Long("timestamp")!.Value), item.Text("message")!));
        return new JsonObject { ["nextSequenceToken"] = $"{stream.Events.Count}" };
    }

    private JsonObject DescribeGroups(JsonObject input)
    {
        var prefix = input.Text("logGroupNamePrefix") ?? "";
        var found = _groups.Values.Where(group => group.Name.StartsWith(prefix, StringComparison.Ordinal))
            .OrderBy(g => g.Name, StringComparer.Ordinal);
        return Pages.Of(found.Select(group => new JsonObject
        {
            ["logGroupName"] = group.Name,
            ["creationTime"] = group.CreatedAt.ToUnixTimeMilliseconds(),
            ["retentionInDays"] = group.RetentionDays,
            ["metricFilterCount"] = 0,
            ["arn"] = ArnOf(group) + ":*",
            ["storedBytes"] = 0,
        }.WithoutNulls()), "logGroups", input, 50, size: "limit");
    }

    private JsonObject DescribeStreams(JsonObject input)
    {
        var group = Group(input);
        var prefix = input.Text("logStreamNamePrefix") ?? "";
        var found = group.Streams.Values.Where(stream => stream.Name.StartsWith(prefix, StringComparison.Ordinal))
            .OrderBy(s => s.Name, StringComparer.Ordinal);
        return Pages.Of(found.Select(stream => new JsonObject
        {
            ["logStreamName"] = stream.Name,
            ["creationTime"] = stream.CreatedAt.ToUnixTimeMilliseconds(),
            ["firstEventTimestamp"] = stream.Events.FirstOrDefault()?.Time.ToUnixTimeMilliseconds(),
            ["lastEventTimestamp"] = stream.Events.LastOrDefault()?.Time.ToUnixTimeMilliseconds(),
            ["arn"] = $"{ArnOf(group)}:log-stream:{stream.Name}",
            ["storedBytes"] = 0,
        }.WithoutNulls()), "logStreams", input, 50, size: "limit");
    }
}

/// <summary>A log group.</summary>
internal sealed record LogGroup(string Name, DateTimeOffset CreatedAt, Dictionary<string, string> Tags)
{
    public int? RetentionDays { get; set; }

    public Dictionary<string, LogStream> Streams { get; } = [];
}

/// <summary>A log stream.</summary>
internal sealed record LogStream(string Name, DateTimeOffset CreatedAt)
{
    public List<LogEvent> Events { get; } = [];
}

/// <summary>A line of a log.</summary>
internal sealed record LogEvent(DateTimeOffset Time, string Message);
