using System.Collections.Frozen;

namespace Tenfold.Gateway.Routing;

/// <summary>The routes of all models. A change replaces the whole table in one step, so a request never sees half of it.</summary>
internal sealed class RouteTable
{
    private volatile FrozenDictionary<string, ModelRoute> _models = FrozenDictionary<string, ModelRoute>.Empty;

    /// <summary>The routes in force, by model.</summary>
    public IReadOnlyDictionary<string, ModelRoute> Models => _models;

    /// <summary>True once the ledger was read.</summary>
    public bool IsLoaded { get; private set; }

    /// <summary>The route of a model; null when the model is unknown.</summary>
    public ModelRoute? Find(string model) => _models.GetValueOrDefault(model);

    /// <summary>Replaces the table.</summary>
    public void Replace(IReadOnlyDictionary<string, ModelRoute> models)
    {
        _models = models.ToFrozenDictionary(StringComparer.Ordinal);
        IsLoaded = true;
    }
}
