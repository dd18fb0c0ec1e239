namespace Coinsphere.Messaging.Dashboard.Data;

/// <summary>Those who want to know of changes.</summary>
internal sealed class Viewers
{
    private readonly Lock _lock = new();
    private readonly HashSet<Viewer> _viewers = [];

    public bool Any
    {
        get
        {
            lock (_lock)
            {
                return _viewers.Count > 0;
            }
        }
    }

    /// <summary>Calls back at each change, until it is disposed.</summary>
    public IDisposable Add(Action changed)
    {
        var viewer = new Viewer(this, changed);
        lock (_lock)
        {
            _viewers.Add(viewer);
        }

        return viewer;
    }

    public void Tell()
    {
        Viewer[] viewers;
        lock (_lock)
        {
            viewers = [.. _viewers];
        }

        Array.ForEach(viewers, viewer => viewer.Changed());
    }

    private void Remove(Viewer viewer)
    {
        lock (_lock)
        {
            _viewers.Remove(viewer);
        }
    }

    private sealed class Viewer(Viewers all, Action changed) : IDisposable
    {
        public Action Changed { get; } = changed;

        public void Dispose() => all.Remove(this);
    }
}
