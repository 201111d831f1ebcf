"""The methods of inference weighed against one another and against a long reference run, on the documents' own figures."""
