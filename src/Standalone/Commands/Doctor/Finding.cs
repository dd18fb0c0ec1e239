using System.Text.Json.Serialization;

namespace Coinsphere.Messaging.Standalone.Commands.Doctor;

/// <summary>What a check found.</summary>
/// <param name="Check">What was checked, such as <c>broker</c>.</param>
/// <param name="State"><c>ok</c>; <c>note</c> where something is unusual or missing but requests are answered; <c>fault</c> where something is wrong.</param>
/// <param name="Text">What was found, in one line without passwords.</param>
/// <param name="Remedy">What to do; null where nothing is to be done.</param>
internal sealed record Finding(
    [property: JsonPropertyName("check")] string Check,
    [property: JsonPropertyName("state")] string State,
    [property: JsonPropertyName("text")] string Text,
    [property: JsonPropertyName("remedy")] string? Remedy = null)
{
    public const string Ok = "ok", Note = "note", Fault = "fault";
}

/// <summary>All findings.</summary>
/// <param name="State">The worst state of a finding.</param>
/// <param name="Findings">The findings, in the order of the checks.</param>
internal sealed record Diagnosis(
    [property: JsonPropertyName("state")] string State,
    [property: JsonPropertyName("findings")] IReadOnlyList<Finding> Findings)
{
    public static Diagnosis Of(IReadOnlyList<Finding> findings) => new(
        findings.Any(finding => finding.State == Finding.Fault) ? Finding.Fault
        : findings.Any(finding => finding.State == Finding.Note) ? Finding.Note
        : Finding.Ok,
        findings);
}

/// <summary>One check: collects what it finds.</summary>
internal sealed class Check(string name, Func<Check, CancellationToken, Task> run)
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(8);

    private readonly List<Finding> _findings = [];

    public void Ok(string text) => Add(new(name, Finding.Ok, text));

    public void Note(string text, string? remedy = null) => Add(new(name, Finding.Note, text, remedy));

    public void Fault(string text, string? remedy = null) => Add(new(name, Finding.Fault, text, remedy));

    /// <summary>Runs it to its end, or until the time limit. What it throws is a finding too.</summary>
    public async Task<IReadOnlyList<Finding>> RunAsync(CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(Limit);
        try
        {
            // Some libraries check the token at a few places only.
            await Task.Run(() => run(this, limit.Token), CancellationToken.None).WaitAsync(limit.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            Fault($"no answer within {Limit.TotalSeconds} s");
        }
        catch (Exception failure) when (failure is not OperationCanceledException)
        {
            Fault(failure.Message.ReplaceLineEndings(" "));
        }

        lock (_findings)
        {
            return [.. _findings];
        }
    }

    private void Add(Finding finding)
    {
        lock (_findings)
        {
            _findings.Add(finding);
        }
    }
}
