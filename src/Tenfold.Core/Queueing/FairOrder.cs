namespace Tenfold.Core.Queueing;

/// <summary>
/// Decides which waiting run starts next, so that projects, and within them users, share what they can run on. It remembers what runs, and
/// whose turn it was last.
/// </summary>
/// <remarks>
/// The next run is that of the project with the fewest running runs for its weight. Among equal projects it is the one for which the most
/// turns, times its weight, have passed since its own last turn; then the one with the oldest run. The same rule then chooses among the
/// project's users, and among the user's priorities. The oldest run of these comes first. Not safe for several threads at once.
/// See docs/decisions/0045.
/// </remarks>
public sealed class FairOrder
{
    // A project whose last turn was longer ago is like one that never had a turn.
    private const int Memory = 1000;

    private readonly Share _root = new();
    private long _turn;

    /// <summary>A run starts: it takes a turn, and counts as running.</summary>
    public void Start(QueueOwner owner)
    {
        TakeTurn(owner);
        Add(owner, 1);
    }

    /// <summary>A run that <see cref="Start"/> counted has ended.</summary>
    public void End(QueueOwner owner) => Add(owner, -1);

    /// <summary>A run counts as running, and its turn was too long ago to count.</summary>
    public void AddRunning(QueueOwner owner) => Add(owner, 1);

    /// <summary>A run started elsewhere: it takes a turn, and nothing is known about how long it runs.</summary>
    public void TakeTurn(QueueOwner owner)
    {
        _turn++;
        foreach (var share in _root.Path(owner)) share.LastTurn = _turn;
        if (_turn % Memory == 0) _root.Forget(_turn - Memory);
    }

    /// <summary>The waiting runs in the order in which they start.</summary>
    /// <param name="waiting">The waiting runs, the oldest first.</param>
    /// <param name="ownerOf">Tells whose a run is.</param>
    /// <returns>
    /// Each run once. It is chosen when the caller asks for it: a caller that calls <see cref="Start"/> for the last one changes the order
    /// of the rest. Nothing is chosen in the order of age alone unless all have one owner.
    /// </returns>
    public IEnumerable<T> Order<T>(IReadOnlyList<T> waiting, Func<T, QueueOwner> ownerOf)
    {
        var all = new Line<T>(_root);
        for (var i = 0; i < waiting.Count; i++) all.Add(ownerOf(waiting[i]), waiting[i], i);
        while (all.Count > 0) yield return all.Take(_turn);
    }

    private void Add(QueueOwner owner, int runs)
    {
        foreach (var share in _root.Path(owner)) share.Running += runs;
    }

    /// <summary>What a project, a user or a priority has of the machines.</summary>
    private sealed class Share
    {
        private readonly Dictionary<string, Share> _parts = [];

        public int Running { get; set; }

        public long LastTurn { get; set; }

        public Share Part(string name) => _parts.TryGetValue(name, out var part) ? part : _parts[name] = new Share();

        public IEnumerable<Share> Path(QueueOwner owner)
        {
            var project = Part(owner.Project);
            var user = project.Part(owner.User);
            return [project, user, user.Part(Name(owner.Priority))];
        }

        public void Forget(long before)
        {
            foreach (var (name, part) in _parts.ToList())
            {
                part.Forget(before);
                if (part.Running <= 0 && part.LastTurn <= before) _parts.Remove(name);
            }
        }
    }

    /// <summary>The waiting runs of one share, in parts with the same rule.</summary>
    private sealed class Line<T>(Share share)
    {
        private readonly Dictionary<string, Line<T>> _parts = [];
        private readonly Queue<(T Item, int Age)> _items = [];
        private readonly int[] _byPriority = new int[3];

        public int Count { get; private set; }

        // The age of the oldest one.
        private int Age => _parts.Count == 0 ? _items.Peek().Age : _parts.Values.Where(part => part.Count > 0).Min(part => part.Age);

        private int Weight => (_byPriority[2] > 0 ? RunPriority.High : _byPriority[1] > 0 ? RunPriority.Normal : RunPriority.Low).Weight();

        public void Add(QueueOwner owner, T item, int age)
        {
            Count++;
            _byPriority[(int)owner.Priority]++;
            Part(owner.Project).Add(owner, item, age, [owner.User, Name(owner.Priority)]);
        }

        public T Take(long turn) => Take(turn, out _);

        private void Add(QueueOwner owner, T item, int age, ReadOnlySpan<string> path)
        {
            Count++;
            _byPriority[(int)owner.Priority]++;
            if (path.Length == 0) _items.Enqueue((item, age));
            else Part(path[0]).Add(owner, item, age, path[1..]);
        }

        private T Take(long turn, out RunPriority priority)
        {
            T taken;
            if (_parts.Count == 0)
            {
                taken = _items.Dequeue().Item;
                priority = (RunPriority)Array.FindIndex(_byPriority, count => count > 0);
            }
            else taken = Next(turn).Take(turn, out priority);

            Count--;
            _byPriority[(int)priority]--;
            return taken;
        }

        private Line<T> Next(long turn)
        {
            Line<T>? next = null;
            foreach (var part in _parts.Values)
                if (part.Count > 0 && (next is null || part.IsBefore(next, turn))) next = part;
            return next!;
        }

        private bool IsBefore(Line<T> other, long turn)
        {
            var running = Load.CompareTo(other.Load);
            if (running != 0) return running < 0;
            var waited = Waited(turn).CompareTo(other.Waited(turn));
            return waited != 0 ? waited > 0 : Age < other.Age;
        }

        private double Load => (double)share.Running / Weight;

        private long Waited(long turn) => Math.Min(turn - share.LastTurn + 1, Memory) * Weight;

        private Line<T> Part(string name) =>
            _parts.TryGetValue(name, out var part) ? part : _parts[name] = new Line<T>(share.Part(name));
    }

    // Priorities come last, so their names never meet those of projects or users.
    private static string Name(RunPriority priority) => priority.ToString();
}
