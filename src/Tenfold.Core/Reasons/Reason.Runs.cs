using System.Text.Json;
using System.Text.Json.Serialization;

namespace Tenfold.Core.Reasons;

/// <content>Why a run or an attempt waits, runs or has ended.</content>
public abstract partial record Reason
{
    /// <summary>The agent prepares the attempt: it fetches the snapshot, the data and the environment.</summary>
    public sealed record Preparing() : Reason("preparing");

    /// <summary>The machine has no room for the run yet.</summary>
    public sealed record WaitsForRoom() : Reason("waits-for-room");

    /// <summary>The machine has room, and its agent has not started the run yet.</summary>
    public sealed record WaitsForAgent() : Reason("waits-for-agent");

    /// <summary>As many runs of the group run as its <c>parallel</c> allows.</summary>
    /// <param name="Parallel">How many runs of the group may run at once.</param>
    public sealed record WaitsForGroup(int Parallel) : Reason("waits-for-group");

    /// <summary>As many runs have their place as a limit allows.</summary>
    /// <param name="Runs">The limit.</param>
    /// <param name="Project">The project that has the limit; null for the limit of all runs of the home.</param>
    public sealed record WaitsForRunLimit(int Runs, string? Project) : Reason("waits-for-run-limit");

    /// <summary>The runs of the day cost as much as a limit allows, or are expected to.</summary>
    /// <param name="Usd">The limit in US dollars.</param>
    /// <param name="Project">The project that has the limit; null for the limit of all runs of the home.</param>
    /// <param name="Zone">The time zone in which the day ends; null for UTC.</param>
    public sealed record WaitsForDayLimit(decimal Usd, string? Project, string? Zone) : Reason("waits-for-day-limit");

    /// <summary>Other runs start before it. Listings say so; it is not stored.</summary>
    /// <param name="Runs">How many.</param>
    /// <param name="Why">Why it waits apart from them; null when nothing else is known.</param>
    public sealed record WaitsBehind(int Runs, Reason? Why) : Reason("waits-behind");

    /// <summary>The values of the run's secrets have not been delivered yet.</summary>
    /// <param name="Secrets">The names of the secrets.</param>
    public sealed record WaitsForSecrets(IReadOnlyList<string> Secrets) : Reason("waits-for-secrets")
    {
        /// <inheritdoc/>
        public bool Equals(WaitsForSecrets? other) => other is not null && Secrets.SequenceEqual(other.Secrets);

        /// <inheritdoc/>
        public override int GetHashCode() => Secrets.Aggregate(0, HashCode.Combine);
    }

    /// <summary>The backend did not pass on secrets that the run needs.</summary>
    /// <param name="Secrets">The names of the secrets that are missing.</param>
    public sealed record SecretsMissing(IReadOnlyList<string> Secrets) : Reason("secrets-missing")
    {
        /// <inheritdoc/>
        public bool Equals(SecretsMissing? other) => other is not null && Secrets.SequenceEqual(other.Secrets);

        /// <inheritdoc/>
        public override int GetHashCode() => Secrets.Aggregate(0, HashCode.Combine);
    }

    /// <summary>The command exited with a code other than 0.</summary>
    /// <param name="ExitCode">The exit code; null when it could not be read.</param>
    /// <param name="LastLines">The last lines that the command wrote to standard error; null when it wrote none.</param>
    public sealed record Exited(int? ExitCode, string? LastLines = null) : Reason("exited");

    /// <summary>A signal that Tenfold did not send ended the command.</summary>
    /// <param name="Signal">The number of the signal.</param>
    /// <param name="LastLines">The last lines that the command wrote to standard error; null when it wrote none.</param>
    public sealed record Signalled(int Signal, string? LastLines = null) : Reason("signalled");

    /// <summary>Early stopping ended the command.</summary>
    /// <param name="Metric">The metric that no longer improved.</param>
    /// <param name="Best">The best value, which no later evaluation improved on.</param>
    /// <param name="Evaluations">How many evaluations in a row brought no improvement.</param>
    public sealed record EarlyStopped(string Metric, double Best, int Evaluations) : Reason("early-stopped");

    /// <summary>The command ran for as long as <c>resources.max_runtime</c> allows.</summary>
    /// <param name="Limit">The limit.</param>
    public sealed record TimeLimit(TimeSpan Limit) : Reason("time-limit");

    /// <summary>The run was cancelled.</summary>
    /// <param name="BeforeStart">True when its command had not started.</param>
    public sealed record Cancelled(bool BeforeStart = false) : Reason("cancelled");

    /// <summary>The attempt could not be started: its snapshot, data or environment, the machine or its disk did not allow it.</summary>
    /// <param name="Message">What was wrong, and what to do.</param>
    public sealed record NotStarted(string Message) : Reason("not-started");

    /// <summary>A newer version of Tenfold submitted the attempt than the agent's own.</summary>
    public sealed record MadeByNewerVersion() : Reason("made-by-newer-version");

    /// <summary>The machine has less than the run's <c>resources</c>, so the run can never start there.</summary>
    /// <param name="Resource">The key of <c>resources</c>: <c>cpus</c>, <c>gpus</c> or <c>memory</c>.</param>
    /// <param name="Needed">What the run needs: a count, or bytes of memory.</param>
    /// <param name="Available">What the machine has, in the same unit.</param>
    public sealed record MachineTooSmall(string Resource, double Needed, double Available) : Reason("machine-too-small");

    /// <summary>Another process uses the attempt's folder.</summary>
    /// <param name="Attempt">The attempt.</param>
    /// <param name="Host">The machine.</param>
    /// <param name="Home">The agent's folder there.</param>
    public sealed record FolderInUse(string Attempt, string Host, string Home) : Reason("folder-in-use");

    /// <summary>The path of the socket over which the agent gets secrets is longer than the system allows.</summary>
    /// <param name="Path">The path.</param>
    /// <param name="Limit">How many characters the system allows.</param>
    public sealed record SocketPathTooLong(string Path, int Limit) : Reason("socket-path-too-long");

    /// <summary>The agent met a fault of Tenfold itself.</summary>
    /// <param name="Details">The exception with its stack.</param>
    public sealed record InternalFault(string Details) : Reason("internal-fault");

    /// <summary>The command ended, and its results could not be stored.</summary>
    /// <param name="Message">Why not.</param>
    /// <param name="Folder">The folder on the attempt's machine that still has the results.</param>
    /// <param name="After">How the command itself failed; null when it succeeded.</param>
    public sealed record ResultsNotStored(string Message, string Folder, Reason? After = null) : Reason("results-not-stored");

    /// <summary>The attempt's agent ended without a report.</summary>
    /// <param name="Agent">Which agent that was, in words; null for the agent of this machine's queue.</param>
    public sealed record AgentLost(string? Agent = null) : Reason("agent-lost");

    /// <summary>The agent was asked to end. The next agent of the queue runs the attempt again.</summary>
    public sealed record AgentStopped() : Reason("agent-stopped");

    /// <summary>The scheduler reclaimed the machine, and gave no other reason.</summary>
    public sealed record Preempted() : Reason("machine-taken");

    /// <summary>The target no longer lists the attempt, and its agent never reported how it ended.</summary>
    /// <param name="Target">The target's name.</param>
    public sealed record NeverReported(string Target) : Reason("never-reported");

    /// <summary>A file of the attempt in the store can't be read.</summary>
    /// <param name="Message">What is wrong with it, and what to do.</param>
    public sealed record StoreFault(string Message) : Reason("store-fault")
    {
        /// <summary>The store's URL; null in reasons of older versions.</summary>
        [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
        public string? Store { get; init; }
    }

    /// <summary>The target could not be asked.</summary>
    /// <param name="Message">What failed, and what to do.</param>
    public sealed record TargetFault(string Message) : Reason("target-fault")
    {
        /// <summary>The target's name; null in reasons of older versions.</summary>
        [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
        public string? Target { get; init; }
    }

    /// <summary>What a backend said of the attempt.</summary>
    /// <param name="Backend">Which backend, by the kind of its target: <c>slurm</c>.</param>
    /// <param name="State">The backend's own code, such as Slurm's <c>NODE_FAIL</c>; null when it gave none.</param>
    /// <param name="Words">
    /// What that means, with a next step where there is one. The words are stored beside the facts, because only the target's own code can
    /// write them, and whoever reads the ledger may not have that target.
    /// </param>
    public sealed record OfBackend(string Backend, string? State, string Words) : Reason("backend")
    {
        /// <summary>
        /// What happened, by a name that the target chose and never changes, such as <c>partition-not-found</c>; null when
        /// <see cref="State"/> says it, and in reasons of older versions.
        /// </summary>
        [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
        public string? Fact { get; init; }

        /// <summary>What the fact is about, such as the partition's name under <c>partition</c>; null for nothing.</summary>
        [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
        public IReadOnlyDictionary<string, string>? About { get; init; }

        /// <summary>The backend's own answer, unchanged; null when it gave none.</summary>
        [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
        public string? Answer { get; init; }

        /// <summary>Makes a reason from a fact that a target found.</summary>
        /// <param name="backend">Which backend.</param>
        /// <param name="fact">What happened. Its name is stored in lower case with hyphens, so that it must never change.</param>
        /// <param name="words">What it means, in plain words, with a next step if there is one.</param>
        /// <param name="state">The backend's own code; null when it gave none.</param>
        /// <param name="answer">The backend's own answer; null when it gave none.</param>
        /// <param name="about">What the fact is about, by name. A null value is left out.</param>
        public static OfBackend From<TFact>(
            string backend, TFact fact, string words, string? state = null, string? answer = null,
            params IEnumerable<(string Name, string? Value)> about)
            where TFact : struct, Enum
        {
            var named = about.Where(pair => pair.Value is not null).ToDictionary(pair => pair.Name, pair => pair.Value!);
            return new OfBackend(backend, state, words)
            {
                Fact = NameOf(fact),
                Answer = answer,
                About = named.Count > 0 ? named : null,
            };
        }

        /// <summary>True when the reason was made from this fact.</summary>
        public bool Is<TFact>(TFact fact)
            where TFact : struct, Enum => Fact == NameOf(fact);

        private static string NameOf<TFact>(TFact fact)
            where TFact : struct, Enum => JsonNamingPolicy.KebabCaseLower.ConvertName(fact.ToString());

        /// <inheritdoc/>
        public bool Equals(OfBackend? other) => other is not null
            && (Backend, State, Words, Fact, Answer) == (other.Backend, other.State, other.Words, other.Fact, other.Answer)
            && Sorted(About).SequenceEqual(Sorted(other.About));

        /// <inheritdoc/>
        public override int GetHashCode() => HashCode.Combine(Backend, State, Words, Fact, Answer);

        private static IEnumerable<KeyValuePair<string, string>> Sorted(IReadOnlyDictionary<string, string>? about) =>
            (about ?? new Dictionary<string, string>()).OrderBy(pair => pair.Key, StringComparer.Ordinal);
    }

    /// <summary>An earlier attempt of the run ended in a way that calls for another one.</summary>
    /// <param name="After">How the earlier attempt ended.</param>
    public sealed record Retried(Reason After) : Reason("retried");
}
